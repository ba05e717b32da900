// Somebody without camera and microphone joins all the same, and watches.

import { done, run, step } from './lib.mjs';
import { FAKE, flows, marked, people, press, says, visitor } from './video_lib.mjs';
import { axe, shot } from './webapp_lib.mjs';

/** A machine that has neither. */
function without() {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('Requested device not found', 'NotFoundError'));
  navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]);
}

await run(async (browser, argument) => {
  const { bob: bobs, alice: alices, dark } = JSON.parse(argument);
  const seen = { axe: [] };
  const bob = await visitor(browser, bobs);
  await says(bob, 'The others will see and hear you.');
  await press(bob, 'Turn microphone off');
  await says(bob, 'The others will see you, and not hear you.');
  await press(bob, 'Turn microphone on');
  await press(bob, 'Join');
  await says(bob, 'Nobody else is here yet.');

  const alice = await visitor(browser, alices, dark, without);
  await says(alice, 'Neither a camera nor a microphone was found.');
  await says(alice, 'You can join all the same: you will see and hear the others, and they will neither see nor hear you.');
  seen.axe.push(...(await axe(alice, 'no devices')));
  await shot(alice, 'video-no-devices-dark-narrow');
  await press(alice, 'Join');
  await flows(alice, 'sound and picture for who has neither', (now) => now.frames[0] > 10 && now.packets > 50);
  seen.people = await people(bob);
  const [, [name]] = seen.people;
  await marked(bob, name, 'microphone off');
  await marked(bob, name, 'camera off');
  await step('watches');
  await press(alice, 'Leave');
  await says(alice, 'You have left the conference.');
  await press(bob, 'Leave');
  await says(bob, 'You have left the conference.');
  done(seen);
}, FAKE);
