import { describe, expect, it } from 'vitest';
import { busy, initial, lockOf, mayUnmute, reduce, together, type Event, type Person, type State } from './machine';

const play = (events: readonly Event[], from: State = initial('town')) => events.reduce(reduce, from);
const me = (more: Partial<Person> = {}): Person => ({
  id: 'me', name: 'Me', isMe: true, isHost: true, isMuted: false, isMutedByHost: false, handRaised: false, isCameraMuted: false, isPresenting: false, isWaiting: false, ...more,
});

describe('the panel', () => {
  it('goes from the preview into the call and out of it', () => {
    const call = play([{ type: 'audio', muted: true }, { type: 'join' }, { type: 'conference', sip: 'a@b', lock: 'others' }, { type: 'in' }]);
    expect(call).toMatchObject({ phase: { at: 'call' }, sip: 'a@b', lock: 'others', audioMuted: true });
    expect(busy(call)).toBe(true);
    const ended = play([{ type: 'people', people: [me()] }, { type: 'sharing', sharing: 'yes' }, { type: 'ended', why: 'removed' }], call);
    expect(ended).toMatchObject({ phase: { at: 'ended', why: 'removed' }, people: [], sharing: 'no', audioMuted: true });
    expect(play([{ type: 'join' }], ended).phase.at).toBe('joining');
  });

  it('keeps a call when another channel is opened, and opens it afterwards', () => {
    const call = play([{ type: 'join' }, { type: 'in' }]);
    const asked = play([{ type: 'open', channelId: 'other' }], call);
    expect(asked).toEqual({ ...call, wanted: 'other' });
    expect(play([{ type: 'open', channelId: 'town' }], asked)).toEqual(call);
    expect(play([{ type: 'stay' }], asked)).toEqual(call);
    expect(play([{ type: 'ended', why: null }, { type: 'open', channelId: 'other' }], call)).toMatchObject({ channelId: 'other', phase: { at: 'preview' } });
  });

  it('asks for a PIN, and says when it was wrong', () => {
    const asked = play([{ type: 'join' }, { type: 'pin', why: 'wrong' }]);
    expect(asked.phase).toEqual({ at: 'pin', why: 'wrong' });
    expect(play([{ type: 'join' }], asked).phase.at).toBe('joining');
  });

  it('offers to take over from another tab', () => {
    const elsewhere = play([{ type: 'join' }, { type: 'elsewhere' }]);
    expect(elsewhere.phase.at).toBe('elsewhere');
    expect(busy(elsewhere)).toBe(false);
  });

  it('waits to be admitted', () => {
    const waiting = play([{ type: 'join' }, { type: 'waiting' }]);
    expect(waiting.phase.at).toBe('waiting');
    expect(play([{ type: 'in' }], waiting).phase.at).toBe('call');
    // Who is in does not go back to waiting.
    expect(play([{ type: 'in' }, { type: 'waiting' }], waiting).phase.at).toBe('call');
  });

  it('says when a host hears us again, and not that of what we turned off', () => {
    const heard: Event = { type: 'people', people: [me()] };
    const muted: Event = { type: 'people', people: [me({ isMutedByHost: true })] };
    const call = play([{ type: 'join' }, { type: 'in' }]);
    expect(play([heard, muted], call).notice).toBeNull();
    expect(play([heard, muted, heard], call).notice).toBe('heard_again');
    expect(play([heard, muted, { type: 'audio', muted: true }, heard], call).notice).toBeNull();
    expect(play([heard, muted, heard, muted], call).notice).toBeNull();
    expect(play([heard, muted, { type: 'notice', notice: 'share_failed' }, muted], call).notice).toBe('share_failed');
  });

  it('lets hosts unmute themselves whom another host muted, and guests where the conference does', () => {
    const call = play([{ type: 'join' }, { type: 'in' }]);
    const guest: Event = { type: 'people', people: [me({ isHost: false, isMutedByHost: true })] };
    expect(mayUnmute(play([{ type: 'people', people: [me({ isMutedByHost: true })] }], call))).toBe(true);
    expect(mayUnmute(play([guest], call))).toBe(false);
    expect(mayUnmute(play([guest, { type: 'rules', locked: false, guestsCanUnmute: true }], call))).toBe(true);
  });

  it('knows whom a lock stops', () => {
    expect(lockOf({ pin: '0123', host: true, membersHost: true })).toBe('guests');
    expect(lockOf({ pin: '0123', host: true, membersHost: false })).toBe('others');
    expect(lockOf({ pin: null, host: false, membersHost: true })).toBe('guests');
    expect(lockOf({ pin: null, host: true, membersHost: true })).toBe('everybody');
  });

  it('remembers that others were there: it said that nobody was there yet when they had left', () => {
    const other = me({ id: 'other', isMe: false });
    const people = (...all: Person[]): Event => ({ type: 'people', people: all });
    const call = play([{ type: 'join' }, { type: 'in' }, people(me(), { ...other, isWaiting: true }), people(me())]);
    expect(call.hadOthers).toBe(false);
    expect(play([people(me(), other), people(me())], call).hadOthers).toBe(true);
  });

  it('says in one remark that there is neither microphone nor camera', () => {
    expect([together('no_microphone', 'no_camera'), together('no_permission', 'no_permission'), together(null, 'in_use'), together(null, null)]).toEqual(
      ['no_devices', 'no_permission', 'in_use', null],
    );
  });

  it('takes nothing late for a call that has ended', () => {
    const ended = play([{ type: 'join' }, { type: 'in' }, { type: 'ended', why: 'ended' }]);
    const late = play([{ type: 'in' }, { type: 'reconnecting', is: true }, { type: 'presenter', name: 'x' }, { type: 'sharing', sharing: 'yes' }, { type: 'ended', why: null }], ended);
    expect(late).toEqual(ended);
  });
});
