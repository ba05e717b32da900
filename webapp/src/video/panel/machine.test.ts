import { describe, expect, it } from 'vitest';
import { busy, initial, problemOf, reduce, type Event, type Person, type State } from './machine';

const play = (events: readonly Event[], from: State = initial('town')) => events.reduce(reduce, from);
const me = (more: Partial<Person> = {}): Person => ({
  id: 'me', name: 'Me', isMe: true, isHost: true, isMuted: false, isCameraMuted: false, isPresenting: false, isWaiting: false, ...more,
});

describe('the panel', () => {
  it('goes from the preview into the call and out of it', () => {
    const call = play([{ type: 'audio', muted: true }, { type: 'join' }, { type: 'conference', sip: 'a@b' }, { type: 'in' }]);
    expect(call).toMatchObject({ phase: { at: 'call' }, sip: 'a@b', audioMuted: true });
    expect(busy(call)).toBe(true);
    const ended = play([{ type: 'people', people: [me()] }, { type: 'sharing', sharing: 'yes' }, { type: 'ended', why: 'removed' }], call);
    expect(ended).toMatchObject({ phase: { at: 'ended', why: 'removed' }, people: [], sharing: 'no', audioMuted: true });
    expect(play([{ type: 'join' }], ended).phase.at).toBe('joining');
  });

  it('keeps a call when another channel is opened, and opens it afterwards', () => {
    const call = play([{ type: 'join' }, { type: 'in' }]);
    expect(play([{ type: 'open', channelId: 'other' }], call)).toBe(call);
    expect(play([{ type: 'ended', why: null }, { type: 'open', channelId: 'other' }], call)).toMatchObject({ channelId: 'other', phase: { at: 'preview' } });
  });

  it('asks for a PIN, and says when it was wrong', () => {
    const asked = play([{ type: 'join' }, { type: 'pin', wrong: true }]);
    expect(asked.phase).toEqual({ at: 'pin', wrong: true });
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

  it('says that a host muted us, and not that we did', () => {
    const before: Event = { type: 'people', people: [me()] };
    const after: Event = { type: 'people', people: [me({ isMuted: true })] };
    const call = play([{ type: 'join' }, { type: 'in' }]);
    expect(play([before, after], call).notice).toBe('muted_by_host');
    expect(play([before, { type: 'audio', muted: true }, after], call).notice).toBeNull();
    // For as long as it is so.
    expect(play([before, after, after], call).notice).toBe('muted_by_host');
    expect(play([before, after, before], call).notice).toBeNull();
    expect(play([before, after, { type: 'notice', notice: 'share_failed' }, before], call).notice).toBe('share_failed');
  });

  it('takes nothing late for a call that has ended', () => {
    const ended = play([{ type: 'join' }, { type: 'in' }, { type: 'ended', why: 'ended' }]);
    const late = play([{ type: 'in' }, { type: 'reconnecting', is: true }, { type: 'presenter', name: 'x' }, { type: 'sharing', sharing: 'yes' }, { type: 'ended', why: null }], ended);
    expect(late).toEqual(ended);
  });

  it('has words for what a node refuses', () => {
    expect(['#pex101', '#pex154', '#pex194', '#pex126', '#pex125', '#pex124', '#pex128', '#pex999'].map((code) => problemOf(code))).toEqual(
      ['wrong_pin', 'no_room', 'full', 'not_admitted', 'ended', 'removed', 'media', 'other'],
    );
    expect(problemOf('#pex122', 'Conference terminated by an administrator')).toBe('ended');
    expect(problemOf('#pex122', 'API initiated participant disconnect')).toBe('removed');
  });
});
