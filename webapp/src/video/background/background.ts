// What is behind somebody, through changes of it and of the camera. What was to be hidden is never sent because something failed.

import { remember, remembered, SCENES, type Effect } from './effects';
import { isBlurred, canBlur, setBlur } from './native';
import * as pictures from './picture';
import { canProcess, Pipeline } from './pipeline';

interface Heard {
  /** Something to show is another than before. */
  changed(): void;
  /** What goes out is another track than before. */
  rerouted(): void;
  /** The effect has ended by itself: nothing goes out any more. */
  failed(): void;
}

export class Background {
  /** What is on, or will be with the next camera. */
  effect: Effect = 'none';
  /** What is being begun. */
  pending: Effect | null = null;
  /** Their own picture. */
  picture: Blob | undefined;
  private camera: MediaStreamTrack | undefined;
  private pipeline: Pipeline | undefined;
  /** Whether the browser itself blurs. */
  private isNative = false;
  /** While a camera is taken, whoever takes it looks afterwards what goes out. */
  private isTaking = false;
  /** Raised by whatever makes what was begun before needless. */
  private turn = 0;

  constructor(
    /** The address of a file of public/. */
    private readonly file: (name: string) => string,
    private readonly heard: Heard,
  ) {
    const before = remembered();
    // A browser that has no scenes may blur by itself; where it does not, the camera stays off at first, and nothing is seen that was to be hidden.
    this.effect = before === 'none' || canProcess() ? before : 'blur';
    void this.loadPicture();
  }

  private async loadPicture(): Promise<void> {
    this.picture ??= await pictures.load();
    this.heard.changed();
  }

  /** Whether there can be more than the browser's own blur. */
  get canProcess(): boolean {
    return canProcess();
  }

  /** What there is to choose from. */
  get effects(): readonly Effect[] {
    if (canProcess()) return ['none', 'blur', ...SCENES, ...(this.picture ? ['own' as const] : [])];
    return this.camera && canBlur(this.camera) ? ['none', 'blur'] : ['none'];
  }

  /** What goes out in place of a camera; nothing while what is behind cannot be hidden yet. */
  outgoing(camera: MediaStreamTrack | undefined): MediaStreamTrack | undefined {
    if (!camera || this.effect === 'none') return camera;
    if (camera !== this.camera) return undefined;
    return this.isNative ? camera : this.pipeline?.track;
  }

  /** Takes another camera. Answers whether it is as it is wanted, with what is behind. */
  async take(camera: MediaStreamTrack): Promise<boolean> {
    this.drop();
    this.camera = camera;
    camera.addEventListener('configurationchange', () => void this.reconsider(camera));
    if (this.effect === 'none') return true;
    this.isTaking = true;
    const is = await this.begin(this.effect);
    this.isTaking = false;
    if (!is) this.giveUp();
    return is;
  }

  /** The camera is given back. */
  drop(): void {
    this.turn += 1;
    this.pipeline?.stop();
    this.pipeline = undefined;
    this.isNative = false;
    this.camera = undefined;
    this.pending = null;
  }

  /** Shows something else behind, now and with the next cameras. Answers whether it could be done; if not, all stays as it was. */
  async choose(effect: Effect): Promise<boolean> {
    if (this.camera && !(await this.begin(effect))) return false;
    if (!this.camera) this.effect = effect;
    remember(this.effect);
    return true;
  }

  /** Takes a picture of theirs for what is behind. Answers whether it could be read. */
  async takePicture(file: Blob): Promise<boolean> {
    try {
      this.picture = await pictures.read(file);
    } catch {
      return false;
    }
    await pictures.keep(this.picture);
    return true;
  }

  /** Forgets their picture. */
  async forgetPicture(): Promise<boolean> {
    if (this.effect === 'own' && !(await this.choose('blur'))) return false;
    this.picture = undefined;
    await pictures.forget();
    this.heard.changed();
    return true;
  }

  private async begin(effect: Effect): Promise<boolean> {
    const { camera } = this;
    if (!camera) return false;
    this.turn += 1;
    const { turn } = this;
    this.pending = effect;
    this.heard.changed();
    const is = await this.route(camera, effect, () => this.turn === turn);
    // What came after it has said how that went.
    if (this.turn !== turn) return true;
    this.pending = null;
    this.heard.changed();
    return is;
  }

  /** Brings an effect about. Nothing is changed where it fails, or where `isWanted` says no any more. */
  private async route(camera: MediaStreamTrack, effect: Effect, isWanted: () => boolean): Promise<boolean> {
    if (effect === 'own') await this.loadPicture();
    // What they kept is gone: then nothing else is to be seen than before, either.
    const shown = effect === 'own' && !this.picture ? 'blur' : effect;
    if (shown === 'none') {
      await setBlur(camera, false);
      if (isWanted()) this.settle(shown, undefined, false);
      return true;
    }
    if (shown === 'blur' && !this.pipeline && (await setBlur(camera, true))) {
      if (isWanted()) this.settle(shown, undefined, true);
      return true;
    }
    if (!isWanted()) return true;
    const behind = { effect: shown, picture: shown === 'own' ? this.picture : undefined };
    let { pipeline } = this;
    if (pipeline) {
      pipeline.show(behind);
    } else {
      if (!canProcess()) return false;
      try {
        pipeline = await Pipeline.start(camera, behind, this.file, () => this.broke(pipeline));
      } catch {
        return false;
      }
    }
    if (!isWanted()) {
      if (pipeline !== this.pipeline) pipeline.stop();
      return true;
    }
    const wasNative = this.isNative;
    this.settle(shown, pipeline, false);
    if (wasNative) await setBlur(camera, false);
    return true;
  }

  private settle(effect: Effect, pipeline: Pipeline | undefined, isNative: boolean): void {
    if (this.pipeline !== pipeline) this.pipeline?.stop();
    this.effect = effect;
    this.pipeline = pipeline;
    this.isNative = isNative;
    if (!this.isTaking) this.heard.rerouted();
  }

  /** The worker has ended by itself. */
  private broke(pipeline: Pipeline | undefined): void {
    // While it is begun, whoever began it hears of it.
    if (pipeline === undefined || pipeline !== this.pipeline) return;
    this.giveUp();
    this.heard.failed();
  }

  /** Without the effect, and without the camera: to be seen with what is behind is for them to choose. It is tried again when the page is loaded anew. */
  private giveUp(): void {
    this.drop();
    this.effect = 'none';
  }

  /** The system has changed something about the camera. */
  private async reconsider(camera: MediaStreamTrack): Promise<void> {
    if (camera !== this.camera) return;
    this.heard.changed();
    if (!this.isNative || isBlurred(camera)) return;
    this.isNative = false;
    this.heard.rerouted();
    if ((await this.begin(this.effect)) || camera !== this.camera) return;
    this.giveUp();
    this.heard.failed();
  }
}
