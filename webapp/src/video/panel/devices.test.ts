import { beforeEach, describe, expect, it, vi } from 'vitest';
import { inCall, play, stage } from './testing';

stage();

describe('devices of which one was chosen', () => {
  /** What the browser was asked for, in order; `gone` is there no more. */
  let asked: string[] = [];
  let gone: string[] = [];
  const all = [['videoinput', 'cam'], ['audioinput', 'mic'], ['audiooutput', 'headset']] as const;

  beforeEach(() => {
    asked = [];
    gone = [];
    const given = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    Object.assign(navigator.mediaDevices, {
      getUserMedia: (wanted: MediaStreamConstraints) => {
        const exact = ((wanted.video ?? wanted.audio) as { deviceId?: { exact: string } }).deviceId?.exact ?? '';
        asked.push(`${wanted.audio ? 'audio' : 'video'} ${exact}`);
        return gone.includes(exact) ? Promise.reject(Object.assign(new Error(''), { name: 'OverconstrainedError' })) : given(wanted);
      },
      enumerateDevices: () => {
        asked.push('list');
        return Promise.resolve(all.filter(([, deviceId]) => !gone.includes(deviceId)).map(([kind, deviceId]) => ({ kind, deviceId, label: deviceId })));
      },
    });
    vi.stubGlobal('Audio', class {
      srcObject = null;
      play = () => Promise.resolve();
      setSinkId(id: string) {
        asked.push(`sink ${id}`);
        return Promise.resolve();
      }
    });
  });

  it('are taken in the next page, too, and not asked for before they would be anyway: camera, microphone and speaker were forgotten at each page load', async () => {
    const first = play();
    await inCall(first);
    await first.session.choose('camera', 'cam');
    await first.session.choose('microphone', 'mic');
    await first.session.choose('speaker', 'headset');
    await vi.advanceTimersByTimeAsync(1_000);
    first.session.stop();
    asked = [];
    const second = play();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual([]);
    await inCall(second);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual(['audio mic', 'video cam', 'list', 'sink headset']);
    expect(second.session.devices.choice).toEqual({ camera: 'cam', microphone: 'mic', speaker: 'headset' });
    await second.session.choose('speaker', '');
    await second.session.choose('camera', '');
    expect(play().session.devices.choice).toEqual({ camera: '', microphone: 'mic', speaker: '' });
  });

  it('are those of Pexip Video Connect, until others are chosen', async () => {
    const before = { inputVideoDeviceId: 'cam', inputAudioDeviceId: 'default', outputAudioDeviceId: 'headset' };
    for (const [name, value] of Object.entries(before)) localStorage.setItem(`pexip:${name}`, value);
    const first = play();
    await inCall(first);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual(['audio ', 'video cam', 'list', 'sink headset']);
    await first.session.choose('camera', '');
    expect(play().session.devices.choice.camera).toBe('');
  });

  it('are those of the system where they are gone, without a word, and themselves when they are back', async () => {
    localStorage.setItem('switchboard-video-camera', 'cam');
    localStorage.setItem('switchboard-video-speaker', 'headset');
    gone = ['cam', 'headset'];
    const played = play();
    await inCall(played);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual(['audio ', 'video cam', 'video ', 'list']);
    expect(played.session.state).toMatchObject({ notice: null, videoMuted: false, phase: { at: 'call' } });
    gone = [];
    asked = [];
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual(['list', 'sink headset']);
    played.session.leave();
    await played.session.back();
    expect(asked.slice(2)).toEqual(['audio ', 'video cam']);
  });
});
