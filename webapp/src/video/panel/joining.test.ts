import { expect, it, vi } from 'vitest';
import { ApiError } from '../../api';
import { ANSWERED_WITHIN } from './session';
import { ANSWER, Track, inCall, play, stage, tracks } from './testing';

stage();

const pass = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

it('ends, in words, where the node takes the connection and never answers: it was joining for ever', async () => {
  const played = play();
  await played.session.open('town');
  await played.session.join();
  await pass(ANSWERED_WITHIN - 1);
  expect(played.at()).toBe('joining');
  await pass(1);
  expect(played.session.state.phase).toEqual({ at: 'ended', why: 'no_answer', text: '' });
  expect([played.calls[0]?.leave.mock.calls.length, played.paths(), tracks.map((track) => track.stopped)]).toEqual([1, ['join', 'leave'], [true, true]]);
  await played.session.join();
  expect(tracks.map((track) => track.stopped)).toEqual([true, true, false, false]);
  played.calls[1]?.heard.admitted(true);
  await pass(ANSWERED_WITHIN * 2);
  expect([played.at(), played.calls.length]).toEqual(['call', 2]);
});

it('waits for people as long as they take: for a host, and for who types a PIN', async () => {
  const waits = play();
  await waits.session.open('town');
  await waits.session.join();
  waits.calls[0]?.heard.admitted(false);
  const types = play();
  await types.session.open('town');
  await types.session.join();
  types.calls[0]?.heard.pinWanted(false);
  await pass(ANSWERED_WITHIN * 2);
  expect([waits.at(), types.at()]).toEqual(['waiting', 'pin']);
  await types.session.join({ pin: '1' });
  await pass(ANSWERED_WITHIN);
  expect(types.session.state.phase).toMatchObject({ why: 'no_answer' });
});

it('calls once for whoever cancelled and joined again: what was asked for first came late, and called, too', async () => {
  const answers: { give: (answer: unknown) => void; fail: (error: unknown) => void }[] = [];
  const played = play({ join: () => new Promise((give, fail) => answers.push({ give, fail })) });
  const joins: Promise<void>[] = [];
  await played.session.open('town');
  for (let times = 0; times < 3; times += 1) {
    joins.push(played.session.join());
    await pass();
    if (times < 2) played.session.leave();
  }
  answers[2]?.give({ ...ANSWER, participation: 'p3' });
  await pass();
  answers[0]?.give(ANSWER);
  answers[1]?.fail(new ApiError('down', 503));
  await Promise.all(joins);
  expect([played.at(), played.calls.length]).toEqual(['joining', 1]);
  expect(played.asked.slice(3)).toEqual([['leave', { participation: 'p1' }]]);
});

it('has camera and microphone again for whoever cancelled while the browser asked for them', async () => {
  const { mediaDevices } = navigator as unknown as { mediaDevices: { getUserMedia: unknown } };
  const given = mediaDevices.getUserMedia;
  let allow: () => void = () => undefined;
  const late = new Track('audio');
  mediaDevices.getUserMedia = () => new Promise((resolve) => {
    allow = () => resolve({ getTracks: () => [late] });
  });
  const played = play();
  void played.session.open('town');
  void played.session.join();
  await pass();
  played.session.leave();
  expect(played.session.isPreparing).toBe(false);
  mediaDevices.getUserMedia = given;
  await played.session.back();
  allow();
  await pass();
  expect([late.stopped, played.calls.length, played.at()]).toEqual([true, 0, 'preview']);
  expect([played.session.devices.audio, played.session.devices.video]).toEqual(tracks);
});

it('says anew that it is in where the plugin started anew and did not hear it: status and post were lost', async () => {
  let joined = () => Promise.resolve<unknown>(undefined);
  const played = play({ beat: () => Promise.reject(new ApiError('gone', 410)), joined: () => joined() });
  await inCall(played);
  joined = () => Promise.reject(new ApiError('down', 0));
  await pass(30_000);
  joined = () => Promise.resolve(undefined);
  await pass(30_000);
  expect(played.paths()).toEqual(['join', 'joined', 'beat', 'join', 'joined', 'joined']);
});
