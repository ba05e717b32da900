// What happens around a call in which two people are: devices, the whole screen, the sidebar, Mattermost itself, another tab.

import { done, open, run, step, until } from './lib.mjs';
import { FAKE, button, choice, flows, marked, panel, people, press, received, says, unplug, visitor } from './video_lib.mjs';
import { axe, goTo, shot } from './webapp_lib.mjs';

/** Waits until there are pictures from now on. */
async function goesOn(page, what) {
  const before = (await received(page)).frames[0];
  return flows(page, what, (now) => now.frames[0] > before + 5);
}

/** The devices that one can choose of, by their ids. */
async function offered(choice) {
  await choice.locator('option:not([value=""])').first().waitFor({ state: 'attached' });
  return choice.locator('option:not([value=""])').evaluateAll((all) => all.map(({ value }) => value));
}

await run(async (browser, argument) => {
  const { bob: bobs, alice: alices, dark } = JSON.parse(argument);
  const seen = { axe: [] };
  const bob = await visitor(browser, bobs);
  // What the page does every half minute it does now when it is told to, too.
  await bob.evaluate(() => {
    window.beats = [];
    const { setInterval } = window;
    window.setInterval = (task, every, ...values) => {
      if (every === 30_000) window.beats.push(task);
      return setInterval(task, every, ...values);
    };
  });
  const beats = () => bob.evaluate(() => window.beats.forEach((beat) => beat()));
  await press(bob, 'Join');
  await says(bob, 'Nobody else is here yet.');
  const alice = await visitor(browser, alices, dark);
  await press(alice, 'Join');
  await flows(bob, 'pictures for bob', (now) => now.frames[0] > 10);
  await flows(alice, 'pictures for alice', (now) => now.frames[0] > 10);
  seen.people = await people(alice);
  const [[bobName]] = seen.people;

  // The loudspeaker.
  await panel(bob).locator('summary').first().click();
  const speaker = choice(bob, 'Speaker');
  const speakers = await offered(speaker);
  await speaker.selectOption(speakers[0]);
  await until(bob, () => window.sinks.length > 0);
  seen.speaker = [await bob.evaluate(() => window.sinks), speakers[0], await speaker.inputValue()];
  await shot(bob, 'goes-on-devices');
  await shot(alice, 'goes-on-call-dark-narrow');

  // A camera that was chosen, and is pulled out.
  const camera = choice(bob, 'Camera');
  const cameras = await offered(camera);
  seen.cameras = cameras.length;
  await camera.selectOption(cameras[0]);
  await until(bob, (id) => window.tracks.some((one) => one.readyState === 'live' && one.getSettings().deviceId === id), cameras[0]);
  await unplug(bob, 'video');
  await says(bob, 'The camera is gone. You go on without a picture.');
  await marked(alice, bobName, 'camera off');
  await until(bob, (id) => [...document.querySelectorAll('.switchboard-video select')].every((one) => [...one.options].every(({ value }) => value !== id)), cameras[0]);
  seen.axe.push(...(await axe(bob, 'a camera is gone')));
  await shot(bob, 'goes-on-camera-gone');
  await press(bob, 'Turn camera on');
  await marked(alice, bobName, 'camera off', false);
  await goesOn(alice, 'pictures of another camera');
  seen.camera = await camera.inputValue();
  await unplug(bob, 'audio');
  await says(bob, 'The microphone is gone. You go on without sound.');
  await marked(alice, bobName, 'microphone off');
  await press(bob, 'Turn microphone on');
  await marked(alice, bobName, 'microphone off', false);
  await panel(bob).locator('summary').first().click();

  // The whole screen.
  await press(bob, 'Full screen');
  await until(bob, () => document.fullscreenElement?.matches('section.switchboard-video'));
  await shot(bob, 'goes-on-full-screen');
  seen.axe.push(...(await axe(bob, 'full screen')));
  await press(bob, 'Full screen');
  await until(bob, () => !document.fullscreenElement);

  // The sidebar is closed, and the call goes on.
  await bob.locator('#rhsCloseButton').click();
  const bar = bob.getByRole('region', { name: 'Video conference' });
  await bar.waitFor();
  await goesOn(alice, 'pictures of somebody whose sidebar is closed');
  await goesOn(bob, 'pictures for somebody whose sidebar is closed');
  seen.axe.push(...(await axe(bob, 'sidebar closed')));
  await shot(bob, 'goes-on-bar');
  await alice.locator('#rhsCloseButton').click();
  await alice.getByRole('region', { name: 'Video conference' }).waitFor();
  await shot(alice, 'goes-on-bar-dark-narrow');
  await alice.getByRole('button', { name: 'Show', exact: true }).click();
  await bar.getByRole('button', { name: 'Show', exact: true }).click();
  await until(bob, () => document.querySelector('.switchboard-video video')?.videoWidth > 0);
  seen.back = await people(bob);

  // Mattermost is gone for a minute; the node is not.
  const host = `${new URL(bobs).origin}/**`;
  await bob.context().route(host, (route) => route.abort());
  await beats();
  await says(bob, 'Mattermost does not answer. The conference goes on.');
  await goesOn(bob, 'pictures without Mattermost');
  await shot(bob, 'goes-on-server-gone');
  await beats();
  await bob.context().unroute(host);
  await beats();
  await until(bob, () => !document.querySelector('.switchboard-video').textContent.includes('Mattermost does not answer'));
  await step('Mattermost is back');

  // Another channel, meanwhile.
  await goTo(bob, '~Town Square');
  await bob.getByRole('button', { name: 'Video conference (you are in that of ', exact: false }).first().click();
  await says(bob, 'You are in the video conference of ');
  seen.axe.push(...(await axe(bob, 'another channel')));
  await shot(bob, 'goes-on-other-channel');
  await press(bob, 'Stay in it');
  await goTo(bob, '~Phones');
  await bob.getByRole('button', { name: 'Show the video conference that you are in' }).first().click();
  await goesOn(bob, 'pictures after a look elsewhere');

  // Another device takes the call over, and has the first one's tab end by itself.
  const second = await open(browser, 'about:blank');
  await second.goto(bobs);
  // What the call needs cannot be loaded at first, as while the plugin is upgraded.
  await second.route('**/public/video.js*', (route) => route.abort(), { times: 1 });
  const join = second.locator('[aria-label^="Join the video"]').first();
  await join.click();
  seen.unloaded = await second.locator('p[role=alert].switchboard-video').innerText();
  await join.click();
  await press(second, 'Join');
  await says(second, 'in another window');
  await shot(second, 'goes-on-elsewhere');
  await press(second, 'Join here instead');
  await until(second, () => document.querySelectorAll('.switchboard-video li').length >= 2);
  await says(bob, 'You joined from another window or device.');
  await shot(bob, 'goes-on-taken-over');
  seen.axe.push(...(await axe(bob, 'taken over')));
  await until(second, () => document.querySelectorAll('.switchboard-video li').length === 2);
  seen.after = await people(second);
  seen.open = await button(bob, 'Back to the preview').count();
  await step('on the other device');
  await press(second, 'Leave');
  await says(second, 'You have left the conference.');
  // What the server refused the first tab, and what could not reach it, the browser tells by itself.
  seen.complaints = [...bob.complaints, ...alice.complaints].filter((text) => !text.startsWith('console: Failed to load resource'));
  done(seen);
}, FAKE);
