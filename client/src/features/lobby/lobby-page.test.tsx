// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { show } from '../../services/testing/show.tsx';
import { MemoryVisit, RECORDING } from '../../session/testing/memory-visit.ts';
import { settled } from '../../session/testing/settled.ts';
import { en } from '../../text/en/en.ts';
import { LobbyPage } from './lobby-page.tsx';

const join = () => screen.getByRole('button', { name: en.lobby.join });

test('nobody joins without a name, and they are told that it is missing', async () => {
  const visit = new MemoryVisit();
  await visit.arrive();
  show(<LobbyPage session={visit.session} />, visit);
  fireEvent.change(screen.getByLabelText(en.lobby.yourName), { target: { value: '  ' } });
  fireEvent.click(join());
  await screen.findByText(en.lobby.nameNeeded);
  expect(visit.server.names()).not.toContain('join');
});

test('who comes into a meeting that is recorded is told before they join, and asked when they do', async () => {
  const visit = new MemoryVisit();
  visit.server.recording = { status: 'recording', recordingId: RECORDING, elapsedMs: 0 };
  visit.server.failures.join = [new Fault('consent-needed')];
  visit.preferences.name = 'Ada';
  await visit.arrive();
  show(<LobbyPage session={visit.session} />, visit);
  screen.getByText(en.lobby.recorded);
  expect(screen.queryByRole('dialog')).toBeNull();
  fireEvent.click(join());
  await screen.findByRole('dialog', { name: en.consent.title });
  fireEvent.click(screen.getByRole('button', { name: en.consent.decline }));
  await settled();
  expect(visit.server.params('join').at(-1)).toMatchObject({ consent: 'declined' });
});

test('who waits for the host can stop waiting', async () => {
  const visit = new MemoryVisit();
  visit.server.failures.join = [new Fault('admission-needed')];
  visit.preferences.name = 'Ada';
  await visit.arrive();
  show(<LobbyPage session={visit.session} />, visit);
  fireEvent.click(join());
  fireEvent.click(await screen.findByRole('button', { name: en.lobby.stopWaiting }));
  expect(visit.now.phase).toEqual({ name: 'lobby' });
  expect(screen.queryByText(en.lobby.waiting)).toBeNull();
});

test('a meeting that there is not has no form, and a way home', async () => {
  const visit = new MemoryVisit();
  const session = visit.make('nosuchmeeting');
  session.start();
  await settled();
  show(<LobbyPage session={session} />, visit);
  expect(screen.getByRole('alert').textContent).toBe(en.fault(new Fault('meeting-not-found').toBody()));
  expect(screen.queryByRole('button', { name: en.lobby.join })).toBeNull();
  screen.getByRole('link', { name: en.frame.toHome });
});
