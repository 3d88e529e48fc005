import type { Manifest } from '../../protocol/manifest.ts';
import type { Fact } from '../../protocol/recorder.ts';

/**
 * Takes a fact of the SFU over into the manifest. Facts come numbered without holes; one that the manifest holds
 * already (sent again after a reconnect) changes nothing.
 */
export function applyFact(manifest: Manifest, fact: Fact): Manifest {
  if (fact.seq !== manifest.lastFact + 1) return manifest;
  return { ...manifest, ...changedBy(manifest, fact), lastFact: fact.seq };
}

function changedBy(manifest: Manifest, fact: Fact): Partial<Manifest> {
  const { atMs } = fact;
  switch (fact.type) {
    case 'joined': {
      const { connectionId, name, role } = fact;
      const people = manifest.people.filter((person) => person.connectionId !== connectionId);
      const before = manifest.people.find((person) => person.connectionId === connectionId);
      const joinedAtMs = before?.joinedAtMs ?? atMs;
      return { people: [...people, { connectionId, name, role, joinedAtMs }], ...hostChange(manifest, fact) };
    }
    case 'left':
      return { people: withPerson(manifest, fact.connectionId, { leftAtMs: atMs }) };
    case 'role': {
      const name = nameOf(manifest, fact.connectionId);
      const { connectionId, role } = fact;
      return {
        people: withPerson(manifest, connectionId, { role }),
        ...hostChange(manifest, { connectionId, name, role }),
      };
    }
    case 'consent': {
      const { connectionId, consent, erase } = fact;
      const entry = { atMs, connectionId, name: nameOf(manifest, connectionId), consent };
      return {
        consent: [...manifest.consent, erase === undefined ? entry : { ...entry, erase }],
        // What they wrote goes with their files.
        ...(erase && { chat: manifest.chat.filter((message) => message.connectionId !== connectionId) }),
      };
    }
    case 'speakers':
      return { speakers: [...manifest.speakers, { atMs, connectionIds: fact.connectionIds }] };
    case 'chat': {
      const { connectionId, text } = fact;
      return { chat: [...manifest.chat, { atMs, connectionId, name: nameOf(manifest, connectionId), text }] };
    }
    case 'paused':
    case 'epoch':
      // These steer the files themselves, whose entries say what became of them.
      return {};
  }
}

type Person = Manifest['people'][number];

function hostChange(
  manifest: Manifest,
  person: Pick<Person, 'connectionId' | 'name' | 'role'>,
): Pick<Manifest, 'host'> | undefined {
  if (person.role !== 'host') return undefined;
  return manifest.host
    ? { host: manifest.host }
    : { host: { connectionId: person.connectionId, name: person.name } };
}

function withPerson(manifest: Manifest, connectionId: string, change: Partial<Person>): Person[] {
  return manifest.people.map((person) =>
    person.connectionId === connectionId ? { ...person, ...change } : person,
  );
}

function nameOf(manifest: Manifest, connectionId: string): string {
  return manifest.people.find((person) => person.connectionId === connectionId)?.name ?? connectionId;
}
