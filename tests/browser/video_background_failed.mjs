// Where a background cannot be changed, what was to be hidden is not shown, and the panel says so; and how it is changed in other browsers.

import { OWN, again, choice, goesOn, looks, prepare, unfold } from './background_lib.mjs';
import { filmed } from './camera.mjs';
import { done, run } from './lib.mjs';
import { FAKE, press, says, visitor } from './video_lib.mjs';
import { shot } from './webapp_lib.mjs';

await run(async (browser, argument) => {
  const seen = {};
  const bob = await visitor(browser, JSON.parse(argument).bob);
  await prepare(bob);
  await unfold(bob);
  await choice(bob).selectOption('Blurred');
  await looks(bob, OWN, 'blurred');

  // What it needs cannot be had: what was to be hidden is not shown.
  await bob.route('**/tflite-simd.wasm*', (route) => route.abort());
  await again(bob);
  await says(bob, 'so your camera is off');
  seen.hidden = await bob.evaluate((selector) => document.querySelector(selector).srcObject.getVideoTracks().length, OWN);
  await shot(bob, 'video-background-failed');
  await press(bob, 'Turn camera on');
  await looks(bob, OWN, 'camera');
  await unfold(bob);
  seen.truth = await choice(bob).inputValue();
  await choice(bob).selectOption('Light wall');
  await says(bob, 'Your background could not be changed.');
  seen.truth += ` ${await choice(bob).inputValue()}`;
  await bob.unroute('**/tflite-simd.wasm*');

  // Without streams of frames, as Firefox is.
  await bob.addInitScript(() => {
    delete window.MediaStreamTrackProcessor;
    delete window.MediaStreamTrackGenerator;
  });
  await again(bob);
  await looks(bob, OWN, 'blurred');
  await goesOn(bob, OWN);
  await unfold(bob);
  await choice(bob).selectOption('Evening');
  await looks(bob, OWN, 'evening');
  await choice(bob).selectOption('As it is');
  await looks(bob, OWN, 'camera');

  // A browser that can do nothing of it says so.
  await bob.addInitScript(() => delete window.OffscreenCanvas);
  await bob.reload();
  await bob.locator('[aria-label^="Video conference"]').first().click();
  await unfold(bob);
  await says(bob, 'This browser cannot change your background.');
  done(seen);
}, [...FAKE, ...filmed()]);
