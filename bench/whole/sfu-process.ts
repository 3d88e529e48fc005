import { watchConsumers } from '#sfu/testing/plain-consumers.ts';

export interface FlowsWanted {
  whole: 'flows';
}

/** How many streams flow, to the recorder and to those who watch. */
export interface Flows {
  whole: 'flows';
  flowing: number;
}

/** The soak's media server, which also tells what flows: nothing is sent before all of it can be taken. */
const consumers = watchConsumers();

process.on('message', ({ whole }: FlowsWanted) => {
  if (whole !== 'flows') return;
  const flowing = consumers.filter(({ closed, paused }) => !closed && !paused).length;
  process.send?.({ whole: 'flows', flowing } satisfies Flows);
});

await import('../soak/sfu-process.ts');
