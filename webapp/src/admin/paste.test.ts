import { expect, test } from 'vitest';
import server from '../../../src/config/numbers/rows.rs?raw';
import { NAMES, NUMBERS, SECRETS, USERS, imported } from './paste';
import { textOf } from './rows';

test.each(Object.entries({ NUMBERS, USERS, NAMES, SECRETS }))('%s of a heading are those that the server knows', (name, words) => {
  const list = new RegExp(`const ${name}: &\\[&str\\] = &\\[([^\\]]*)\\]`).exec(server)?.[1] ?? '';
  expect([...words]).toEqual([...list.matchAll(/"([^"]+)"/g)].map((found) => found[1]));
});

const both = '6001:bob\n6002:Miller Eve';
const named = '6001:bob\n6002,"Miller, Eve"';

// As src/config/numbers/tests.rs has them.
test.each([
  ['6001,bob\n6002,Miller Eve', both],
  ['6001,bob\n6002,"Miller, Eve"', named],
  ['bob,6001\n"Miller, Eve",6002\n', named],
  ['6001;bob\r\n6002;Miller, Eve\r\n', named],
  ['6001\tbob\n\n# nobody\n6002\tMiller Eve', both],
  ['\uFEFFnumber,name\n6001,bob\n6002,Miller Eve', both],
  ['Name;Durchwahl\nbob;6001\nMiller Eve;6002', both],
  ['"Extension","Password","User name","Name"\n6001,s3cret,bob,Bob B\n"6002",,"Miller, Eve",', named],
  ['6001:bob\n6002,"Miller, Eve"', named],
  ['number,name\n6001:bob\n6002,Miller Eve', both],
  ['name;number\n6001:bob\nMiller Eve;6002', both],
  ['utilisateur\tN° de poste\tPoste\tTÉLÉPHONE\nbob\t?\t6001\t+33 1 23', '6001|+33 1 23:bob'],
  ['name,extension,mobile,mac\nbob,6001,,0004f2abcdef\neve,6002|6003,+49 (0) 170 1234567,', '6001|0004f2abcdef:bob\n6002|6003|+49 (0) 170 1234567:eve'],
  ['6001,"Bob ""the phone"" B"', '6001:Bob "the phone" B'],
  ['6001,"a:b"', '6001,"a:b"'],
  ['123:bob 124:alice, 125 : @carol', '123:bob\n124:alice\n125:carol'],
  ['desk-4:carol\n00:04:f2:ab:cd:ef:dave', 'desk-4:carol\n00:04:f2:ab:cd:ef:dave'],
  ['6100..6119;sales\n+49 30 1234-100..-119;all', '6100..6119:sales\n+49 30 1234-100..-119:all'],
  ['Name;Durchwahl\nbob;6001\n6002:eve\n6003:zoe, 6004:joe', '6001:bob\n6002:eve\n6003:zoe\n6004:joe'],
  ['PIN;Extension;User\n4711;6001;bob', '6001:bob'],
  ['# office\n;;\n\n', ''],
])('all of %j is taken', (text, users) => {
  const found = imported(text);
  expect(textOf(found.rows)).toBe(users);
  expect([found.unread, found.rest]).toEqual([[], '']);
});

test.each([
  ['hello\n\nworld', '', [1, 3]],
  ['6001,bob\n6002,\n6003,"Eve\n6004,6005\n6006,eve,sales\n6010..6008:x\n6020|:x\n6030: \n6040:zoe', '6001:bob\n6040:zoe', [2, 3, 4, 5, 6, 7, 8]],
  ['6001,s3cretSIP,bob,Bob B\n6002,hush:hush,eve,Eve', '', [1, 2]],
  ['extension,name\n,bob\n6001,\n6002,eve', '6002:eve', [2, 3]],
  ['1:2:3\n6001:bob,what\n6002:eve', '6002:eve', [1, 2]],
  ['Phones;;\nExtension;Password;User\n6001;x1;alice\n6002;x2;', '6001:alice', [1, 4]],
  ['user;number;mac\neve;"6001;6002";\nbob;#31;\ncarol;6003;', '6003:carol', [2, 3]],
])('of %j only what is right is taken, and the rest is kept', (text, users, unread) => {
  const found = imported(text);
  const lines = text.split('\n');
  expect([textOf(found.rows), found.unread]).toEqual([users, unread]);
  const isHeading = (line: string) => /^(?:extension|user)[;,]/i.test(line);
  expect(found.rest.split('\n')).toEqual(lines.filter((line, at) => unread.includes(at + 1) || isHeading(line)));
});

test.each(['Extension;Password', 'Wer;Geheimnis', 'Password;User', 'User;PIN', 'Kennwort;User', 'Extension;Password;Who'])('below %j no password is taken for a user or a number', (heading) => {
  const cells = heading.split(';').map((name) => (name === 'Extension' ? '6001' : name === 'User' ? 'alice' : name === 'PIN' ? '4711' : 'x1'));
  const found = imported(`${heading}\n${cells.join(';')}\n6009:bob`);
  expect(textOf(found.rows)).toBe('6009:bob');
  expect(found.rest).toBe(`${heading}\n${cells.join(';')}`);
});
