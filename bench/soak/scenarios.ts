/** Many meetings of people without a browser; or one room, held by somebody in a real one. */
export const SCENARIOS = ['meetings', 'browser'] as const;
export type Scenario = (typeof SCENARIOS)[number];
