// What a room refuses, and what is said of it.

import { done, run, step } from './lib.mjs';
import { FAKE, button, marked, panel, press, says, visitor } from './video_lib.mjs';
import { axe, shot } from './webapp_lib.mjs';

await run(async (browser, argument) => {
  const { bob: bobs, alice: alices, dark } = JSON.parse(argument);
  const seen = { axe: [] };
  const bob = await visitor(browser, bobs);
  await step('refuse the PIN');
  await press(bob, 'Join');
  // Nobody typed one: it is that of the settings.
  await says(bob, 'The conferencing node does not take the PIN from the plugin’s settings.');
  seen.axe.push(...(await axe(bob, 'PIN')));
  await shot(bob, 'video-pin');
  await step('refuse it as full');
  await panel(bob).locator('input').fill('1234');
  await bob.keyboard.press('Enter');
  await says(bob, 'The conference is full');
  seen.axe.push(...(await axe(bob, 'error')));
  await shot(bob, 'video-error');
  seen.focus = await bob.evaluate(() => document.activeElement?.tagName);
  await press(bob, 'Back to the preview');
  await press(bob, 'Join');
  await says(bob, 'Nobody else is here yet.');

  // A second tab of the same person.
  const second = await bob.context().newPage();
  second.complaints = [];
  await second.goto(bobs);
  await second.locator('[aria-label^="Join the video"], [aria-label^="Video conference"]').first().click();
  await press(second, 'Join');
  await says(second, 'in another window');
  seen.axe.push(...(await axe(second, 'elsewhere')));
  await second.close();

  // Guests of a locked room wait.
  await step('lock it');
  const alice = await visitor(browser, alices, dark);
  await press(alice, 'Join');
  await says(alice, 'You are waiting: a host has to let you in.');
  seen.axe.push(...(await axe(alice, 'waiting')));
  await shot(alice, 'video-waiting-dark');
  const name = await panel(bob).locator('li').nth(1).locator('.switchboard-video__name').innerText();
  await marked(bob, name, 'waiting');
  await press(bob, `Let in ${name}`);
  await panel(alice).locator('li').first().waitFor();
  await shot(alice, 'video-call-dark-narrow');

  // A guest whom a host muted, and who may not unmute themself, is told how to be heard.
  await step('guests may not unmute themselves');
  await press(bob, `Mute ${name}`);
  await says(alice, 'nobody hears you until a host unmutes you');
  seen.mutedButton = await button(alice, 'Muted by the host').isDisabled();
  await press(alice, 'Raise hand');
  await marked(bob, name, 'hand raised');
  seen.axe.push(...(await axe(alice, 'a hand is raised')));
  await shot(alice, 'video-hand-raised-dark-narrow');
  await shot(bob, 'video-hand-raised');
  await press(bob, `Unmute ${name}`);
  await button(alice, 'Turn microphone off').waitFor();
  await marked(bob, name, 'hand raised', false);
  await press(bob, `Remove ${name}`);
  await says(alice, 'You were removed from the conference.');
  await step('end it');
  await says(bob, 'The conference was ended.');
  await step('stop it');
  await press(bob, 'Back to the preview');
  await press(bob, 'Join');
  await says(bob, 'The conferencing node cannot be reached.');
  seen.done = true;
  done(seen);
}, FAKE);
