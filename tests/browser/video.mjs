// Two people in one room: they see and hear each other, mute, share, leave.

import { done, run, step, until } from './lib.mjs';
import { FAKE, button, flows, marked, panel, people, press, says, visitor } from './video_lib.mjs';
import { axe, shot } from './webapp_lib.mjs';

await run(async (browser, argument) => {
  const { bob: bobs, alice: alices } = JSON.parse(argument);
  const seen = { axe: [] };
  const bob = await visitor(browser, bobs);
  await until(bob, () => document.querySelector('.switchboard-video video')?.videoWidth > 0);
  seen.axe.push(...(await axe(bob, 'preview')));
  await shot(bob, 'video-preview');
  await step('preview');
  await press(bob, 'Join');
  await says(bob, 'Nobody else is here yet.');
  await step('alone');

  const alice = await visitor(browser, alices);
  await press(alice, 'Join');
  seen.bob = await flows(bob, 'sound and picture for bob', (now) => now.frames[0] > 10 && now.packets > 50 && now.energy > 0);
  seen.alice = await flows(alice, 'sound and picture for alice', (now) => now.frames[0] > 10 && now.packets > 50 && now.energy > 0);
  await until(bob, () => document.querySelectorAll('.switchboard-video li').length === 2);
  seen.people = await people(bob);
  const [one, other] = seen.people.map(([name]) => name);
  seen.axe.push(...(await axe(bob, 'call')));
  await shot(bob, 'video-call');
  await step('both');

  await press(alice, 'Turn camera off');
  await marked(bob, other, 'camera off');
  // The last picture does not stand as if it were now.
  await says(bob, `${other} has turned their camera off.`);
  await shot(bob, 'video-camera-off');
  await press(alice, 'Turn camera on');
  await marked(bob, other, 'camera off', false);
  const before = (await flows(bob, 'any', () => true)).frames[0];
  await flows(bob, 'pictures after the camera was off', (now) => now.frames[0] > before + 5);
  await until(bob, () => !document.querySelector('.switchboard-video__empty'));

  // Muted by a host, a host unmutes themself; who muted themself is unmuted by nobody else.
  await press(bob, `Mute ${other}`);
  await says(alice, 'A host has muted you: nobody hears you. You can unmute yourself.');
  await marked(bob, other, 'muted by the host');
  seen.axe.push(...(await axe(alice, 'muted by a host')));
  await shot(alice, 'video-muted-by-host');
  await press(alice, 'Unmute myself');
  await marked(bob, other, 'muted by the host', false);
  await press(alice, 'Turn microphone off');
  await marked(bob, other, 'microphone off');
  await press(bob, `Mute ${other}`);
  await press(bob, `Unmute ${other}`);
  await marked(bob, other, 'muted by the host', false);
  await marked(bob, other, 'microphone off');
  await press(alice, 'Turn microphone on');
  await marked(bob, other, 'microphone off', false);

  await press(alice, 'Share screen');
  await says(bob, `${other} presents`);
  await flows(bob, 'what is presented', (now) => now.frames[1] > 0);
  seen.axe.push(...(await axe(bob, 'presentation')));
  await shot(bob, 'video-presentation');
  const opened = bob.context().waitForEvent('page');
  await press(bob, 'In a window of its own');
  const popup = await opened;
  await popup.waitForFunction(() => document.querySelector('video')?.videoWidth > 0);
  await press(alice, 'Stop sharing');
  await until(bob, (name) => !document.querySelector('.switchboard-video').textContent.includes(`${name} presents`), other);
  seen.popupClosed = await popup.evaluate(() => true).then(() => popup.isClosed(), () => true);

  await press(alice, 'Leave');
  await says(alice, 'You have left the conference.');
  await says(bob, 'Everybody else has left.');
  await shot(bob, 'video-alone-again');
  seen.left = await people(bob);
  seen.camera = await alice.evaluate(() => window.peers.every((peer) => peer.connectionState === 'closed'));
  await step('alone again');
  await press(bob, 'Leave');
  await says(bob, 'You have left the conference.');
  await step('nobody');
  seen.names = [one, other];
  seen.open = await button(bob, 'Back to the preview').count();
  seen.headings = await panel(bob).locator('h2').count();
  seen.complaints = [...bob.complaints, ...alice.complaints];
  done(seen);
}, FAKE);
