import { expect, test } from 'vitest';
import { joinStyles } from '../../../../web/build/join-styles.ts';

test('a rule that two style sheets have comes once, at its first place', () => {
  const media = '@media (width<48rem){.a{color:red}.b{color:blue}}';
  expect(joinStyles([`.a{x:1}${media}`, `.b{x:2}.a{x:1}${media}.c{x:3}`])).toBe(
    `.a{x:1}\n${media}\n.b{x:2}\n.c{x:3}\n`,
  );
});
