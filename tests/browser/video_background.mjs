// What is behind somebody is blurred or replaced in what they send, through changes of the camera, and is remembered.

import { OWN, ROOM, again, bitmap, choice, file, goesOn, looks, prepare, unfold, without } from './background_lib.mjs';
import { filmed } from './camera.mjs';
import { done, run } from './lib.mjs';
import { FAKE, flows, panel, press, says, visitor } from './video_lib.mjs';
import { axe, shot } from './webapp_lib.mjs';

await run(async (browser, argument) => {
  const { bob: bobs, alice: alices } = JSON.parse(argument);
  const seen = { axe: [] };
  const bob = await visitor(browser, bobs);
  const loaded = [];
  bob.on('request', (request) => loaded.push(new URL(request.url()).pathname.split('/').pop()));
  await prepare(bob);
  await looks(bob, OWN, 'camera');
  await unfold(bob);
  seen.effects = await choice(bob).locator('option').allInnerTexts();
  seen.before = [...loaded];
  await choice(bob).selectOption('Blurred');
  await looks(bob, OWN, 'blurred');
  await goesOn(bob, OWN);
  seen.loaded = loaded.filter((name) => !seen.before.includes(name)).sort();
  seen.workers = [bob.workers().length];
  seen.axe.push(...(await axe(bob, 'background')));
  await shot(bob, 'video-background-preview');

  await press(bob, 'Join');
  await says(bob, 'Nobody else is here yet.');
  const alice = await visitor(browser, alices);
  await prepare(alice);
  await press(alice, 'Join');
  await looks(alice, ROOM, 'blurred');
  const { frames } = await flows(alice, 'pictures', () => true);
  await flows(alice, 'more of them', (now) => now.frames[0] > frames[0] + 10);
  await looks(bob, ROOM, 'camera');
  await shot(alice, 'video-background-blurred');

  // From now on nobody is to see the books, whatever is changed.
  await alice.evaluate((selector) => {
    window.worst = 0;
    window.watch = setInterval(() => (window.worst = Math.max(window.worst, window.look(selector)?.books.differs ?? 0)), 50);
  }, ROOM);
  await unfold(bob);
  await choice(bob).selectOption('Evening');
  await looks(alice, ROOM, 'evening');
  await shot(alice, 'video-background-evening');
  await file(bob).setInputFiles({ name: 'none.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await says(bob, 'This picture could not be read.');
  seen.unchanged = await choice(bob).inputValue();
  await file(bob).setInputFiles(bitmap(400, 300, [220, 20, 30]));
  await looks(alice, ROOM, 'red');
  await press(bob, 'Turn camera off');
  await press(bob, 'Turn camera on');
  await looks(alice, ROOM, 'red');
  await panel(bob).locator('label', { hasText: /^Camera/ }).locator('select').selectOption({ index: 1 });
  await looks(alice, ROOM, 'red');
  await goesOn(alice, ROOM);
  seen.worst = await alice.evaluate(() => {
    clearInterval(window.watch);
    return window.worst;
  });
  seen.workers.push(bob.workers().length);
  seen.axe.push(...(await axe(bob, 'background in a call')));
  await shot(bob, 'video-background-call');
  await choice(bob).selectOption('As it is');
  await looks(alice, ROOM, 'camera');
  await goesOn(alice, ROOM);
  seen.workers.push(await without(bob));

  // It is remembered, and so is the picture.
  await choice(bob).selectOption('My picture');
  await looks(alice, ROOM, 'red');
  await press(bob, 'Leave');
  await says(bob, 'You have left the conference.');
  seen.workers.push(await without(bob));
  await again(bob);
  await looks(bob, OWN, 'red');
  await unfold(bob);
  await press(bob, 'Remove my picture');
  await looks(bob, OWN, 'blurred');
  seen.after = await choice(bob).locator('option').allInnerTexts();
  seen.complaints = [...bob.complaints, ...alice.complaints];
  // The page itself may not run any WebAssembly: the worker alone may.
  seen.page = await bob.evaluate(() => WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => 'allowed', ({ name }) => name));
  done(seen);
}, [...FAKE, ...filmed()]);
