import { expect, test } from 'vitest';
import { merged, rowsOf, textOf } from './rows';

test.each([
  ['123:bob,124:alice', '123:bob\n124:alice'],
  ['123:bob 124:alice', '123:bob\n124:alice'],
  ['6001|+49 30 1234567: bob; 6100..6119: sales', '6001|+49 30 1234567:bob\n6100..6119:sales'],
  ['00:04:f2:ab:cd:ef:carol\r\n+49 30 1234:bob', '00:04:f2:ab:cd:ef:carol\n+49 30 1234:bob'],
  ['# the office\n123:bob\nwhat is this', '# the office\n123:bob\nwhat is this'],
  ['6001\tbob\n6002\talice', '6001\tbob\n6002\talice'],
  ['', ''],
])('nothing of %j is lost', (text, stored) => {
  expect(textOf(rowsOf(text))).toBe(stored);
  expect(textOf(rowsOf(stored))).toBe(stored);
});

test('rows without anything are left out, a half one is kept for the server to tell of', () => {
  expect(textOf([{ numbers: '', name: '' }, { numbers: '6001', name: '' }, { numbers: ' 6002 ', name: ' bob ' }])).toBe('6001:\n6002:bob');
});

test('what is imported takes the place of the same number', () => {
  const now = merged(rowsOf('# office\n6001:bob\n6002:alice'), rowsOf('60 01:carol\n6002:alice\n6003:dave'));
  expect(textOf(now.rows)).toBe('# office\n60 01:carol\n6002:alice\n6003:dave');
  expect([now.added, now.changed]).toEqual([1, 1]);
});

test.each([
  ['6001:alice', '6001|+49 30 1:alice', '6001|+49 30 1:alice', 0, 1],
  ['6001|+49 30 1:alice', '+4930 1:alice', '6001|+49 30 1:alice', 0, 0],
  ['6001|6009:alice\n6002:bob', '6001|6002:carol', '6009:alice\n6001|6002:carol', 0, 1],
  ['6001,"Archer, Alice"', '6001,"Archer, Alice"\n6002:bob', '6001,"Archer, Alice"\n6002:bob', 1, 0],
  ['', '6001:alice\n6001:bob', '6001:bob', 1, 1],
])('to %j comes %j', (before, more, after, added, changed) => {
  const now = merged(rowsOf(before), rowsOf(more));
  expect([textOf(now.rows), now.added, now.changed]).toEqual([after, added, changed]);
});
