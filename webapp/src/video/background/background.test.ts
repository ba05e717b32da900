import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Background } from './background';
import type { Behind } from './messages';

/** What stands in for the worker: `starts` are those that were begun, to be answered by the test. */
const worker = vi.hoisted(() => ({
  can: true,
  starts: [] as { behind: Behind; ready: () => void; fail: () => void; broke: () => void; shown: Behind[]; stopped: boolean; track: object }[],
}));

vi.mock('./pipeline', () => ({
  canProcess: () => worker.can,
  Pipeline: {
    start: (_camera: unknown, behind: Behind, _file: unknown, broke: () => void) => {
      return new Promise((resolve, reject) => {
        const one = {
          behind, broke, shown: [] as Behind[], stopped: false, track: {},
          ready: () => resolve({ track: one.track, show: (next: Behind) => one.shown.push(next), stop: () => { one.stopped = true; } }),
          fail: () => {
            reject(new Error('no'));
            broke();
          },
        };
        worker.starts.push(one);
      });
    },
  },
}));

/** A camera; `blurs`: by itself, where the system lets it. */
class Camera extends EventTarget {
  blurred = false;
  constructor(readonly blurs = false, public lets = true) {
    super();
  }
  getCapabilities = () => (this.blurs ? { backgroundBlur: [false, true] } : {});
  getConstraints = () => ({});
  getSettings = () => ({ backgroundBlur: this.blurred });
  applyConstraints = ({ backgroundBlur }: { backgroundBlur?: boolean }) => {
    if (this.lets) this.blurred = backgroundBlur === true;
    return Promise.resolve();
  };
  change() {
    this.dispatchEvent(new Event('configurationchange'));
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

function make() {
  const heard = { changed: vi.fn(), rerouted: vi.fn(), failed: vi.fn() };
  const background = new Background((name) => `/public/${name}`, heard);
  const take = (camera: Camera) => background.take(camera as unknown as MediaStreamTrack);
  const out = (camera: Camera) => background.outgoing(camera as unknown as MediaStreamTrack) as unknown;
  return { background, heard, take, out };
}

beforeEach(() => {
  worker.can = true;
  worker.starts = [];
  localStorage.clear();
});

describe('what is behind somebody', () => {
  it('is seen until it is hidden, and hidden again with the next camera before anything of that is sent', async () => {
    const { background, heard, take, out } = make();
    const [one, other] = [new Camera(), new Camera()];
    expect(await take(one)).toBe(true);
    expect(out(one)).toBe(one);
    const chosen = background.choose('blur');
    await settled();
    expect([background.effect, background.pending, out(one)]).toEqual(['none', 'blur', one]);
    worker.starts[0]?.ready();
    expect(await chosen).toBe(true);
    expect([background.effect, background.pending, heard.rerouted.mock.calls.length]).toEqual(['blur', null, 1]);
    expect(out(one)).toBe(worker.starts[0]?.track);

    const taken = take(other);
    await settled();
    expect([out(one), out(other), worker.starts[0]?.stopped]).toEqual([undefined, undefined, true]);
    worker.starts[1]?.ready();
    expect(await taken).toBe(true);
    expect(out(other)).toBe(worker.starts[1]?.track);
    background.drop();
    expect([out(other), worker.starts[1]?.stopped, background.effect]).toEqual([undefined, true, 'blur']);
  });

  it('changes without another worker, and without one when it is as it is', async () => {
    const { background, take, out } = make();
    const camera = new Camera();
    await take(camera);
    const chosen = background.choose('light');
    await settled();
    worker.starts[0]?.ready();
    await chosen;
    await background.choose('evening');
    await background.choose('blur');
    expect(worker.starts.length).toBe(1);
    expect(worker.starts[0]?.shown.map(({ effect }) => effect)).toEqual(['evening', 'blur']);
    await background.choose('none');
    expect([out(camera), worker.starts[0]?.stopped]).toEqual([camera, true]);
  });

  it('is remembered in the browser, but for what could not be done', async () => {
    const first = make();
    await first.background.choose('blue');
    const second = make();
    expect(second.background.effect).toBe('blue');
    const taken = second.take(new Camera());
    await settled();
    worker.starts[0]?.fail();
    expect(await taken).toBe(false);
    // Whoever took the camera drops it; what is shown is the truth, and the next page tries again.
    expect([second.background.effect, second.heard.failed.mock.calls.length, make().background.effect]).toEqual(['none', 0, 'blue']);
    localStorage.setItem('switchboard-video-background', 'nonsense');
    expect(make().background.effect).toBe('none');
  });

  it('was blurred with Pexip Video Connect, and seen by everybody once this plugin had taken its place', async () => {
    localStorage.setItem('pexip:effect', 'blur');
    const { background, take, out } = make();
    const camera = new Camera();
    const taken = take(camera);
    await settled();
    expect([worker.starts[0]?.behind.effect, out(camera)]).toEqual(['blur', undefined]);
    worker.starts[0]?.ready();
    expect([await taken, out(camera)]).toEqual([true, worker.starts[0]?.track]);
    await background.choose('none');
    // What was chosen here counts, whatever was chosen there.
    expect(make().background.effect).toBe('none');
  });

  it('is hidden as it was with Pexip Video Connect, once, and by nothing that it did not have', () => {
    for (const [before, now] of [['none', 'none'], ['overlay', 'light'], ['nonsense', 'none']] as const) {
      localStorage.clear();
      localStorage.setItem('pexip:effect', before);
      expect(make().background.effect).toBe(now);
    }
    localStorage.setItem('pexip:effect', 'overlay');
    expect(make().background.effect).toBe('light');
    localStorage.setItem('pexip:effect', 'blur');
    expect(make().background.effect).toBe('light');
  });

  it('was seen where a wall had hidden it, in a browser that has no walls', async () => {
    worker.can = false;
    localStorage.setItem('switchboard-video-background', 'light');
    const { take, out } = make();
    const camera = new Camera(true);
    expect(await take(camera)).toBe(true);
    expect([camera.blurred, out(camera)]).toEqual([true, camera]);
    expect(await make().take(new Camera())).toBe(false);
  });

  it('stays as it was where another cannot be had', async () => {
    const { background, take, out } = make();
    const camera = new Camera();
    await take(camera);
    const chosen = background.choose('light');
    await settled();
    worker.starts[0]?.fail();
    expect([await chosen, background.effect, background.pending, out(camera)]).toEqual([false, 'none', null, camera]);
  });

  it('is what was chosen last, whichever comes first', async () => {
    const { background, take, out } = make();
    const camera = new Camera();
    await take(camera);
    const [first, last] = [background.choose('light'), background.choose('evening')];
    await settled();
    worker.starts[1]?.ready();
    await last;
    worker.starts[0]?.ready();
    await first;
    expect([background.effect, worker.starts.map(({ stopped }) => stopped)]).toEqual(['evening', [true, false]]);
    expect(out(camera)).toBe(worker.starts[1]?.track);
  });

  it('leaves nothing behind where the camera is given back meanwhile', async () => {
    const { background, take } = make();
    await take(new Camera());
    const chosen = background.choose('light');
    await settled();
    background.drop();
    worker.starts[0]?.ready();
    await chosen;
    expect([worker.starts[0]?.stopped, background.pending]).toEqual([true, null]);
  });

  it('is not sent where the worker ends by itself', async () => {
    const { background, heard, take, out } = make();
    const camera = new Camera();
    await take(camera);
    const chosen = background.choose('light');
    await settled();
    worker.starts[0]?.ready();
    await chosen;
    worker.starts[0]?.broke();
    expect([heard.failed.mock.calls.length, background.effect, worker.starts[0]?.stopped]).toEqual([1, 'none', true]);
    // Until the camera is dropped, which `failed` is for.
    expect(out(camera)).toBe(camera);
  });

  it('is blurred by the browser where it can, as the camera itself says', async () => {
    const { background, take, out } = make();
    const camera = new Camera(true);
    await take(camera);
    await background.choose('blur');
    expect([camera.blurred, worker.starts.length, background.effect, out(camera)]).toEqual([true, 0, 'blur', camera]);
    const next = new Camera(true);
    expect(await take(next)).toBe(true);
    expect([next.blurred, out(next)]).toEqual([true, next]);
    await background.choose('none');
    expect(next.blurred).toBe(false);
  });

  it('was said to be blurred by a browser that did not do it', async () => {
    const { background, take } = make();
    const camera = new Camera(true, false);
    await take(camera);
    const chosen = background.choose('blur');
    await settled();
    expect(worker.starts.map(({ behind }) => behind.effect)).toEqual(['blur']);
    worker.starts[0]?.ready();
    expect(await chosen).toBe(true);
  });

  it('is blurred by us when the system stops doing so, and sent by nobody in between', async () => {
    const { background, heard, take, out } = make();
    const camera = new Camera(true);
    await take(camera);
    await background.choose('blur');
    Object.assign(camera, { blurred: false, lets: false });
    camera.change();
    expect(out(camera)).toBeUndefined();
    await settled();
    worker.starts[0]?.ready();
    await settled();
    expect(out(camera)).toBe(worker.starts[0]?.track);
    expect(heard.failed).not.toHaveBeenCalled();
  });

  it('can be blurred alone where there is the browser’s own blur alone, and not be changed where there is none', async () => {
    worker.can = false;
    const { background, take } = make();
    await take(new Camera(true));
    expect(background.effects).toEqual(['none', 'blur']);
    await take(new Camera());
    expect(background.effects).toEqual(['none']);
    expect(await background.choose('blur')).toBe(false);
    expect(background.effect).toBe('none');
  });

  it('is blurred where a picture was chosen that is not kept any more', async () => {
    localStorage.setItem('switchboard-video-background', 'own');
    const { background, take } = make();
    const taken = take(new Camera());
    await settled();
    worker.starts[0]?.ready();
    expect(await taken).toBe(true);
    expect([worker.starts[0]?.behind.effect, background.effect]).toEqual(['blur', 'blur']);
  });
});
