import { expect, test } from 'vitest';
import { carriesCallsHere } from './calls-here.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

test.each([
  ['http://127.0.0.1:3000/', FIREFOX, false],
  ['http://localhost:3000/', FIREFOX, false],
  ['http://[::1]:3000/', FIREFOX, false],
  ['https://localhost:3000/', FIREFOX, true],
  ['http://192.168.1.7:3000/', FIREFOX, true],
  ['http://localhost.example/', FIREFOX, true],
  ['http://127.0.0.1:3000/', CHROME, true],
])('%s in %s', (address, userAgent, expected) => {
  expect(carriesCallsHere(new URL(address), userAgent)).toBe(expected);
});
