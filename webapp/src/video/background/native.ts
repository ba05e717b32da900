// The browser's own blur, which costs us nothing: Chrome and Edge have it where the system does.

/** `backgroundBlur` of W3C's "Media Capture and Streams Extensions", which TypeScript's own types lack. */
interface Blur {
  backgroundBlur?: boolean;
}

export function canBlur(camera: MediaStreamTrack): boolean {
  // Firefox had no getCapabilities for long.
  if (typeof (camera as { getCapabilities?: unknown }).getCapabilities !== 'function') return false;
  const { backgroundBlur } = camera.getCapabilities() as { backgroundBlur?: boolean[] };
  return backgroundBlur?.includes(true) ?? false;
}

/** Whether it is on: what the camera says, not what was asked of it. */
export function isBlurred(camera: MediaStreamTrack): boolean {
  return (camera.getSettings() as Blur).backgroundBlur === true;
}

/** Turns it on or off. Answers whether it is so then. */
export async function setBlur(camera: MediaStreamTrack, backgroundBlur: boolean): Promise<boolean> {
  if (!canBlur(camera)) return !backgroundBlur;
  try {
    await camera.applyConstraints({ ...camera.getConstraints(), backgroundBlur } as MediaTrackConstraints);
  } catch {
    // What the camera says tells.
  }
  return isBlurred(camera) === backgroundBlur;
}
