import { expect, test } from 'vitest';
import { ownPath, placeOf, publicFile } from './place';

test('one build runs under every id and below every path', () => {
  const at = (path: string) => placeOf(`https://chat.example.com${path}`);
  const root = at('/static/plugins/switchboard/switchboard_0a1b_bundle.js');
  expect(root).toEqual({ pluginId: 'switchboard', base: '' });
  const below = at('/a/chat/static/plugins/com.pexip.pexip-app/com.pexip.pexip-app_0a1b_bundle.js');
  expect(below).toEqual({ pluginId: 'com.pexip.pexip-app', base: '/a/chat' });
  expect(ownPath(below ?? { pluginId: '', base: '' }, '/api/v1/webapp')).toBe('/a/chat/plugins/com.pexip.pexip-app/api/v1/webapp');
  expect(at('/static/main.js')).toBeUndefined();
  expect(placeOf('http://[')).toBeUndefined();
});

test('a file that the build does not know keeps its plain address', () => {
  expect(publicFile({ pluginId: 'switchboard', base: '/chat' }, 'x.js')).toBe('/chat/plugins/switchboard/public/x.js');
});
