import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api';
import { popOut } from './popout';
import { SAID_FOR } from './session';
import { ANSWER, Track, inCall, person, play, stage, tracks } from './testing';

stage();

describe('a visit of a room', () => {
  it('joins with the PIN that the server gave, tells when it is in, beats, and leaves', async () => {
    const played = play();
    await inCall(played);
    expect(played.calls[0]?.join.mock.calls[0]?.[1]).toBe('0123');
    expect(played.at()).toBe('call');
    await vi.advanceTimersByTimeAsync(60_000);
    played.session.leave();
    expect(played.paths()).toEqual(['join', 'joined', 'beat', 'beat', 'leave']);
    expect(tracks.every((track) => track.stopped)).toBe(true);
  });

  it('tells nobody of who still waits', async () => {
    const played = play();
    await played.session.open('town');
    await played.session.join();
    played.calls[0]?.heard.admitted(false);
    expect([played.at(), played.paths()]).toEqual(['waiting', ['join']]);
  });

  it('takes over from another tab when told so', async () => {
    let first = true;
    const played = play({
      join: () => {
        if (!first) return Promise.resolve(ANSWER);
        first = false;
        return Promise.reject(new ApiError('elsewhere', 409, 'elsewhere'));
      },
    });
    await played.session.open('town');
    await played.session.join();
    expect(played.at()).toBe('elsewhere');
    await played.session.join({ takeOver: true });
    expect(played.asked[1]?.[1]).toMatchObject({ channelId: 'town', takeOver: true });
    expect(played.calls.length).toBe(1);
  });

  it('ends at once where another device took it over, and neither leaves nor comes back', async () => {
    const played = play();
    await inCall(played);
    played.hears('video_taken_over', { channelId: 'town', participations: ['of another stay'] });
    expect(played.at()).toBe('call');
    played.hears('video_taken_over', { channelId: 'town', participations: ['p1'] });
    expect(played.session.state.phase).toEqual({ at: 'ended', why: 'taken_over', text: '' });
    expect(played.calls[0]?.leave).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(played.paths()).toEqual(['join', 'joined']);
  });

  it('came back by itself, taken over by a device that had left since: the server says so to each beat', async () => {
    const played = play({ beat: () => Promise.reject(new ApiError('replaced', 409, 'replaced')) });
    await inCall(played);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(played.session.state.phase).toMatchObject({ at: 'ended', why: 'taken_over' });
    expect(played.paths()).toEqual(['join', 'joined', 'beat']);
  });

  it('unmutes itself where a host muted it and that may be, and lowers the hand that was raised for it', async () => {
    const played = play();
    await inCall(played);
    const [call] = played.calls;
    call?.heard.people([person({ isHost: false, isMutedByHost: true })], null);
    await played.session.unmuteSelf();
    expect(call?.mute).not.toHaveBeenCalled();
    await played.session.raiseHand(true);
    expect(call?.raiseHand.mock.calls).toEqual([[true]]);
    call?.heard.people([person({ isHost: false, isMutedByHost: true, handRaised: true })], null);
    call?.heard.people([person({ isHost: false, handRaised: true })], null);
    expect(call?.raiseHand.mock.calls).toEqual([[true], [false]]);
    expect(played.session.state.notice).toBe('heard_again');
    await vi.advanceTimersByTimeAsync(SAID_FOR);
    expect(played.session.state.notice).toBeNull();
    await played.session.muteAudio(true);
    call?.heard.people([person({ isMutedByHost: true })], null);
    await played.session.unmuteSelf();
    expect([call?.mute.mock.calls, played.session.state.audioMuted]).toEqual([[['me', false]], false]);
  });

  it('tells a host that somebody is not heard still who muted their own microphone: nothing seemed to come of it', async () => {
    const played = play();
    await inCall(played);
    played.calls[0]?.heard.people([person(), person({ id: 'a', name: 'Alice', isMe: false, isMuted: true, isMutedByHost: true })], null);
    await played.session.host('unmute', 'a');
    expect(played.session.state).toMatchObject({ notice: 'own_microphone', about: 'Alice' });
    played.session.notice(null);
    await played.session.host('mute', 'a');
    expect(played.session.state.notice).toBeNull();
  });

  it('leaves for another conference only when told so', async () => {
    const played = play();
    await inCall(played);
    await played.session.open('lobby');
    expect(played.session.state).toMatchObject({ channelId: 'town', wanted: 'lobby', phase: { at: 'call' } });
    await played.session.change();
    expect(played.session.state).toMatchObject({ channelId: 'lobby', wanted: null, phase: { at: 'preview' } });
    expect(played.paths()).toEqual(['join', 'joined', 'leave']);
  });

  it('joins to watch where there is neither camera nor microphone', async () => {
    const { mediaDevices } = navigator as unknown as { mediaDevices: { getUserMedia: unknown } };
    mediaDevices.getUserMedia = () => Promise.reject(Object.assign(new Error(''), { name: 'NotFoundError' }));
    const played = play();
    await played.session.open('town');
    expect(played.session.state).toMatchObject({ notice: 'no_devices', audioMuted: true, videoMuted: true });
    await played.session.join();
    expect(played.calls[0]?.join).toHaveBeenCalledOnce();
  });

  it('says for some seconds that something was copied, and for as long as it lasts what went wrong', async () => {
    const { session } = play();
    session.notice('copied');
    await vi.advanceTimersByTimeAsync(SAID_FOR - 1);
    expect(session.state.notice).toBe('copied');
    await vi.advanceTimersByTimeAsync(1);
    expect(session.state.notice).toBeNull();
    session.notice('copied');
    session.notice('pop_out_failed');
    await vi.advanceTimersByTimeAsync(SAID_FOR);
    expect(session.state.notice).toBe('pop_out_failed');
  });

  it('goes on while Mattermost does not answer, and joins anew where the plugin has started anew', async () => {
    let answer = () => Promise.reject(new ApiError('unreachable', 0));
    const played = play({ beat: () => answer() });
    await inCall(played);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(played.session.state).toMatchObject({ phase: { at: 'call' }, serverGone: true });
    answer = () => Promise.reject(new ApiError('gone', 410));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(played.paths().slice(-2)).toEqual(['join', 'joined']);
    expect(played.session.state).toMatchObject({ phase: { at: 'call' }, serverGone: false });
  });

  it('ends where one may not be in it any more, and says why by the code of the server’s answer', async () => {
    let code = 'not_member';
    const played = play({ beat: () => Promise.reject(new ApiError('english', 403, code)) });
    await inCall(played);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(played.session.state.phase).toMatchObject({ at: 'ended', why: 'not_member' });
    code = '';
    await played.session.join();
    played.calls[1]?.heard.admitted(true);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(played.session.state.phase).toEqual({ at: 'ended', why: 'refused', text: 'english' });
    const refused = play({ join: () => Promise.reject(new ApiError('english', 403, 'archived')) });
    await refused.session.open('town');
    await refused.session.join();
    expect(refused.session.state.phase).toMatchObject({ at: 'ended', why: 'archived' });
  });

  it('asks for the PIN anew when it was wrong, without a second join, and says whose it was', async () => {
    const played = play();
    await played.session.open('town');
    await played.session.join();
    played.calls[0]?.heard.ended('wrong_pin', 'Invalid PIN');
    // Nobody had typed one.
    expect(played.session.state.phase).toEqual({ at: 'pin', why: 'settings' });
    await played.session.join({ pin: '9' });
    expect(played.calls[1]?.join.mock.calls[0]?.[1]).toBe('9');
    played.calls[1]?.heard.ended('wrong_pin', 'Invalid PIN');
    expect(played.session.state.phase).toEqual({ at: 'pin', why: 'wrong' });
    expect(played.paths()).toEqual(['join']);
  });

  it('says that the settings have no PIN where the node wants one of whoever may host', async () => {
    const of = (host: boolean) => () => Promise.resolve({ ...ANSWER, conference: { ...ANSWER.conference, pin: null, host } });
    for (const [host, why] of [[true, 'unset'], [false, 'asked']] as const) {
      const played = play({ join: of(host) });
      await played.session.open('town');
      await played.session.join();
      played.calls[0]?.heard.pinWanted(false);
      expect(played.session.state.phase).toEqual({ at: 'pin', why });
    }
  });

  it('calls as a guest where guests need no PIN', async () => {
    const played = play({ join: () => Promise.resolve({ ...ANSWER, conference: { ...ANSWER.conference, pin: null } }) });
    await played.session.open('town');
    await played.session.join();
    played.calls[0]?.heard.pinWanted(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(played.calls.map((call) => call.join.mock.calls[0]?.[1] as unknown)).toEqual([null, 'none']);
  });

  it('goes on without a camera that vanishes, and says so', async () => {
    const played = play();
    await inCall(played);
    tracks.find((track) => track.kind === 'video')?.dispatchEvent(new Event('ended'));
    expect(played.session.state).toMatchObject({ phase: { at: 'call' }, videoMuted: true, notice: 'camera_gone' });
    expect(played.calls[0]?.send).toHaveBeenCalledTimes(1);
  });

  it('gives camera and microphone back when the panel is closed without a call, and keeps them in one', async () => {
    const played = play();
    await played.session.open('town');
    played.session.rest();
    expect(tracks.map((track) => track.stopped)).toEqual([true, true]);
    await inCall(played);
    played.session.rest();
    expect(tracks.slice(2).map((track) => track.stopped)).toEqual([false, false]);
  });

  it('lets another tab have it that took it over: both took it back from each other every half minute', async () => {
    let isElsewhere = false;
    const played = play({
      beat: () => (isElsewhere ? Promise.reject(new ApiError('gone', 410)) : Promise.resolve()),
      join: () => (isElsewhere ? Promise.reject(new ApiError('in another tab', 409, 'elsewhere')) : Promise.resolve(ANSWER)),
    });
    await inCall(played);
    isElsewhere = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(played.session.state.phase).toMatchObject({ at: 'ended', why: 'taken_over' });
    const joins = played.asked.filter(([path]) => path === 'join');
    expect(joins.map(([, body]) => (body as { takeOver?: boolean }).takeOver)).toEqual([undefined, undefined]);
  });

  it('says that it is in until the server heard it: a lost word cost status and post of the whole conference', async () => {
    let isDown = true;
    const played = play({ joined: () => (isDown ? Promise.reject(new ApiError('down', 0)) : Promise.resolve()) });
    await inCall(played);
    await vi.advanceTimersByTimeAsync(30_000);
    isDown = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(played.paths()).toEqual(['join', 'joined', 'joined', 'joined', 'beat']);
  });

  it('gives a camera back that comes when nobody wants it any more: its light stayed on', async () => {
    const played = play();
    const { mediaDevices } = navigator as unknown as { mediaDevices: { getUserMedia: unknown } };
    const waiting: (() => void)[] = [];
    mediaDevices.getUserMedia = ({ audio }: MediaStreamConstraints) => new Promise((resolve) => {
      const track = new Track(audio ? 'audio' : 'video');
      tracks.push(track);
      waiting.push(() => resolve({ getTracks: () => [track] }));
    });
    const opened = played.session.open('town');
    played.session.rest();
    waiting[0]?.();
    await opened;
    expect(tracks.map((track) => track.stopped)).toEqual([true]);
  });

  it('leaves the camera off where the background cannot be hidden, until somebody turns it on all the same', async () => {
    // There is neither a worker here nor a camera that blurs by itself.
    localStorage.setItem('switchboard-video-background', 'blur');
    const played = play();
    await inCall(played);
    localStorage.clear();
    const camera = tracks.find((track) => track.kind === 'video');
    expect([camera?.stopped, played.session.devices.video]).toEqual([true, undefined]);
    expect(played.session.state).toMatchObject({ videoMuted: true, phase: { at: 'call' } });
    const sent = played.calls[0]?.join.mock.calls[0]?.[0] as { tracks: Track[] };
    expect(sent.tracks.map((track) => track.kind)).toEqual(['audio']);
    await played.session.muteVideo(false);
    expect(played.session.state).toMatchObject({ videoMuted: false, notice: null });
    expect(played.session.devices.background.effect).toBe('none');
  });

  it('ends with what the node says', async () => {
    const played = play();
    await inCall(played);
    played.calls[0]?.heard.ended('removed', 'Disconnected by another participant');
    expect(played.session.state.phase).toMatchObject({ at: 'ended', why: 'removed' });
    expect(played.paths().pop()).toBe('leave');
  });

  it('takes any camera where the chosen one is gone: it was asked for in vain for ever', async () => {
    const played = play();
    await inCall(played);
    const { mediaDevices } = navigator as unknown as { mediaDevices: { getUserMedia: (wanted: MediaStreamConstraints) => Promise<unknown> } };
    const given = mediaDevices.getUserMedia;
    const asked: unknown[] = [];
    mediaDevices.getUserMedia = (wanted) => {
      const camera = wanted.video as MediaTrackConstraints | undefined;
      asked.push(camera?.deviceId);
      return camera?.deviceId ? Promise.reject(Object.assign(new Error(''), { name: 'OverconstrainedError' })) : given(wanted);
    };
    await played.session.choose('camera', 'unplugged');
    expect(asked).toEqual([{ exact: 'unplugged' }, undefined]);
    expect([played.session.devices.choice.camera, played.session.state.notice]).toEqual(['', null]);
    expect(played.calls[0]?.send).toHaveBeenCalledOnce();
  });

  it('looks for devices once for all that a dock brings, and not whenever anything happens', async () => {
    const enumerateDevices = vi.fn(() => Promise.resolve([{ kind: 'audiooutput', deviceId: 'headset', label: 'Headset' }, { kind: 'videoinput', deviceId: '', label: '' }]));
    Object.assign(navigator.mediaDevices, { enumerateDevices });
    const played = play();
    await inCall(played);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(enumerateDevices).toHaveBeenCalledOnce();
    for (let times = 0; times < 20; times += 1) played.calls[0]?.heard.people([], null);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(enumerateDevices).toHaveBeenCalledOnce();
    for (let times = 0; times < 5; times += 1) navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(enumerateDevices).toHaveBeenCalledTimes(2);
    expect(played.session.devices.known.map(({ deviceId }) => deviceId)).toEqual(['headset']);
  });

  it('goes back to the loudspeaker of the system when the chosen one is gone', async () => {
    let there = [{ kind: 'audiooutput', deviceId: 'headset', label: 'Headset' }];
    Object.assign(navigator.mediaDevices, { enumerateDevices: () => Promise.resolve(there) });
    const sinks: string[] = [];
    vi.stubGlobal('Audio', class {
      srcObject = null;
      play = () => Promise.resolve();
      setSinkId(id: string) {
        sinks.push(id);
        return id === 'broken' ? Promise.reject(new DOMException('', 'NotFoundError')) : Promise.resolve();
      }
    });
    const played = play();
    await inCall(played);
    await vi.advanceTimersByTimeAsync(1_000);
    await played.session.choose('speaker', 'headset');
    there = [];
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([sinks, played.session.devices.choice.speaker]).toEqual([['headset', ''], '']);
    await played.session.choose('speaker', 'broken');
    expect(played.session.devices.choice.speaker).toBe('');
  });

  it('leaves no empty window where what is presented cannot be shown in one of its own', () => {
    const played = play();
    const opening = vi.fn<() => unknown>(() => null);
    vi.stubGlobal('open', opening);
    popOut(played.session, 'Slides');
    expect(opening).not.toHaveBeenCalled();
    played.session.presentation = new MediaStream();
    popOut(played.session, 'Slides');
    expect(played.session.state.notice).toBe('pop_out_failed');
    const close = vi.fn();
    opening.mockReturnValue({ close, get document(): Document { throw new DOMException('', 'SecurityError'); } });
    popOut(played.session, 'Slides');
    expect([opening.mock.calls.length, close.mock.calls.length]).toEqual([2, 1]);
  });
});
