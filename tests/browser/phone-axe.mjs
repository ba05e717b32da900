// Accessibility of the phone, by axe-core: light and dark, wide and narrow, with all that can be open, in each React.

import { done, open, run, until } from './lib.mjs';
import { axe, shot } from './webapp_lib.mjs';

const LOOKS = [
  { theme: 'light', react: '18', size: [1440, 1000] },
  { theme: 'dark', react: '17', size: [1440, 1000] },
  { theme: 'light', react: '17', size: [390, 844] },
  { theme: 'dark', react: '18', size: [390, 844] },
];

await run(async (browser, url) => {
  const seen = { axe: [], looks: 0, complaints: [] };
  for (const { theme, react, size: [width, height] } of LOOKS) {
    const page = await open(browser, `${url.replace(/react=\d+/, `react=${react}`)}&theme=${theme}`, { viewport: { width, height } });
    const look = async (name) => {
      seen.axe.push(...(await axe(page, `${theme} ${width} React ${react}, ${name}`)));
      seen.looks += 1;
      await shot(page, `phone-${theme}-${width}-${name}`);
    };
    await page.getByRole('button', { name: 'Phone', exact: true }).click();
    await until(page, () => document.querySelectorAll('.switchboard-phone-pops li').length === 1 && document.querySelector('.switchboard-phone')?.textContent.includes('0171555006'));
    await look('open');
    await page.locator('.switchboard-phone details summary').click();
    await page.getByRole('button', { name: 'Transfer: 0171555001', exact: true }).click();
    await page.locator('.switchboard-phone-call input').fill('b');
    await page.keyboard.press('ArrowDown');
    await look('transfer');
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'tel:6002';
      link.textContent = '6002';
      document.querySelector('main').append(link);
      link.click();
    });
    await page.waitForSelector('dialog[open]');
    await look('question');
    seen.complaints.push(...page.complaints);
    await page.context().close();
  }
  done(seen);
});
