import type { Diary } from './diary.ts';
import type { Random } from './random.ts';
import type { Round } from './round.ts';
import type { SoakPerson } from './soak-person.ts';

/** How long people do nothing between two things they do. */
const IDLE_MS = [1000, 5000] as const;
/** A lost connection is back within this time. */
const AWAY_MS = [200, 4000] as const;

type Deed = (person: SoakPerson, round: Round, random: Random) => Promise<void>;

/** What somebody does in a meeting, with names for the report. */
const deeds: Record<string, Deed> = {
  'mute or unmute': (person) => person.toggle('microphone'),
  'camera off or on': (person) => person.toggle('camera'),
  'another camera': async (person) => {
    if (!person.sends('camera')) return;
    await person.stopSending('camera');
    await person.send('camera');
  },
  'share the screen, or stop': async (person) => {
    if (person.sends('screen')) await person.stopSending('screen');
    else await person.send('screen');
  },
  'lose the connection': (person, round, random) =>
    person.loseSocket(() => round.wait(random.between(...AWAY_MS))),
  chat: async (person) => void (await person.ask('sendChat', { text: 'Can everybody hear me?' })),
  'raise a hand': async (person) => void (await person.ask('raiseHand', { raised: true })),
};

/** How often each is done: toggles most of the time. */
const CHOICES = [
  ...['mute or unmute', 'mute or unmute', 'mute or unmute'],
  ...['camera off or on', 'camera off or on', 'camera off or on'],
  ...['another camera', 'share the screen, or stop', 'lose the connection', 'chat', 'raise a hand'],
] as const as readonly [string, ...string[]];

/** Does one thing after another, until the round or the visit is over. */
export async function behave(
  person: SoakPerson,
  { diary, random, round, visitMs }: { diary: Diary; random: Random; round: Round; visitMs: number },
): Promise<void> {
  const scale = Math.min(1, round.lengthMs / 30_000);
  for (let spentMs = 0; spentMs < visitMs && !round.isOver; ) {
    const idleMs = random.between(...IDLE_MS) * scale;
    await round.wait(idleMs);
    spentMs += idleMs;
    if (round.isOver) return;
    const what = random.pick(CHOICES);
    await diary.attempt(what, async () => deeds[what]?.(person, round, random));
  }
}
