import type { Quality } from '#protocol/people.ts';
import type { Announcer } from './announcer.ts';
import type { Members } from './members.ts';

/** How well everybody is connected; what has changed is told together, so that a flicker costs nobody a message. */
export class QualityBoard {
  readonly #members: Members;
  readonly #announcer: Announcer;
  readonly #changed = new Map<string, Quality>();

  constructor(members: Members, announcer: Announcer) {
    this.#members = members;
    this.#announcer = announcer;
  }

  set(connectionId: string, quality: Quality): void {
    this.#changed.set(connectionId, quality);
  }

  tell(): void {
    const people = [...this.#changed]
      .map(([connectionId, quality]) => ({ connectionId, quality }))
      .filter(({ connectionId, quality }) => {
        const member = this.#members.find(connectionId);
        if (!member || member.quality === quality) return false;
        member.quality = quality;
        return true;
      });
    this.#changed.clear();
    if (people.length > 0) this.#announcer.joined({ name: 'qualityChanged', data: { people } });
  }
}
