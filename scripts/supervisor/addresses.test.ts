import { expect, test } from 'vitest';
import { ownUrls, pageAddresses } from './addresses.ts';

test('the addresses to print are those that people can use', () => {
  const lan = ['192.168.1.7'];
  expect(pageAddresses({ HOST: '127.0.0.1', PORT: 3000, lan })).toEqual(['http://127.0.0.1:3000']);
  expect(pageAddresses({ HOST: '::1', PORT: 3000, lan })).toEqual(['http://[::1]:3000']);
  for (const HOST of ['0.0.0.0', '::']) {
    expect(pageAddresses({ HOST, PORT: 3000, TLS_CERT: '/c', lan })).toEqual([
      'https://localhost:3000',
      'https://192.168.1.7:3000',
    ]);
  }
  expect(pageAddresses({ HOST: '0.0.0.0', PORT: 3000, PUBLIC_URL: 'https://meet.example', lan })).toEqual([
    'https://meet.example',
  ]);
});

test('the processes look for each other where they listen', () => {
  const config = { HOST: '127.0.0.1', PORT: 3000, SFU_HOST: '127.0.0.1', SFU_PORT: 3001 };
  expect(ownUrls({}, { ...config, PORT: 4000, SFU_PORT: 4001 })).toEqual({
    SFU_URL: 'http://127.0.0.1:4001',
    ARCHIVE_URL: 'http://127.0.0.1:4000',
  });
  expect(ownUrls({}, { ...config, HOST: '0.0.0.0', TLS_CERT: '/c', SFU_HOST: '::' })).toEqual({
    SFU_URL: 'http://[::1]:3001',
    ARCHIVE_URL: 'https://127.0.0.1:3000',
  });
});

test('a URL that is set is where they look, an empty one counts as unset', () => {
  const config = { HOST: '127.0.0.1', PORT: 3000, SFU_HOST: '127.0.0.1', SFU_PORT: 3001 };
  expect(ownUrls({ SFU_URL: 'https://sfu.example', ARCHIVE_URL: '' }, config)).toEqual({
    SFU_URL: 'https://sfu.example',
    ARCHIVE_URL: 'http://127.0.0.1:3000',
  });
});
