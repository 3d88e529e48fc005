import { describe, expect, test } from 'vitest';
import { type Arrangement, arrange, MAX_PER_PAGE, type Rect, type Scene } from './arrangement.ts';

const DESKTOP = { width: 1264, height: 560 };
const UPRIGHT = { width: 374, height: 600 };
const LYING = { width: 828, height: 230 };

const keys = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`);
const scene = (change: Partial<Scene>): Scene => ({
  area: DESKTOP,
  large: [],
  isScreen: false,
  others: [],
  page: 0,
  ...change,
});
const shown = ({ places }: Arrangement) => [...places.keys()];

const areApart = (one: Rect, other: Rect) =>
  one.x + one.width <= other.x ||
  other.x + other.width <= one.x ||
  one.y + one.height <= other.y ||
  other.y + other.height <= one.y;

describe('the grid', () => {
  test('has everybody on one page up to nine, and the tenth on a second one', () => {
    expect(arrange(scene({ others: keys(9) }))).toMatchObject({ page: 0, pages: 1, control: undefined });
    const ten = scene({ others: keys(10) });
    expect(shown(arrange(ten))).toEqual(keys(MAX_PER_PAGE));
    expect(shown(arrange({ ...ten, page: 1 }))).toEqual(['p9']);
  });

  test('keeps the size of its tiles from page to page', () => {
    const ten = scene({ others: keys(10) });
    const { width, height } = arrange(ten).places.get('p0') as Rect;
    expect(arrange({ ...ten, page: 1 }).places.get('p9')).toMatchObject({ width, height });
  });

  test('has fewer on a page where nine would be too small to be recognised', () => {
    const { pages, places } = arrange(scene({ area: { width: 640, height: 180 }, others: keys(9) }));
    expect(pages).toBeGreaterThan(1);
    for (const { width, height } of places.values()) {
      expect([width >= 136, height >= 100]).toEqual([true, true]);
    }
  });

  test('shows its last page when the open one is gone', () => {
    expect(arrange(scene({ others: keys(12), page: 7 })).page).toBe(1);
    expect(arrange(scene({ others: keys(3), page: 7 })).page).toBe(0);
  });
});

describe('what is large', () => {
  test('has the others beside it in a wide area, and beneath it in an upright one', () => {
    const wide = arrange(scene({ large: ['s'], isScreen: true, others: keys(2) })).places;
    expect((wide.get('s') as Rect).height).toBe(DESKTOP.height);
    expect((wide.get('p0') as Rect).x).toBeGreaterThan((wide.get('s') as Rect).width);
    const upright = arrange(scene({ area: UPRIGHT, large: ['s'], isScreen: true, others: keys(2) })).places;
    expect((upright.get('s') as Rect).width).toBe(UPRIGHT.width);
    expect((upright.get('p0') as Rect).y).toBeGreaterThan((upright.get('s') as Rect).height);
  });

  test('is at least twice as wide as anybody beside it', () => {
    for (const area of [DESKTOP, UPRIGHT, LYING]) {
      const { places } = arrange(scene({ area, large: ['a'], others: keys(20) }));
      expect((places.get('a') as Rect).width).toBeGreaterThan(2 * (places.get('p0') as Rect).width);
    }
  });

  test('has it all when nobody else is there', () => {
    const { places } = arrange(scene({ large: ['s'], isScreen: true }));
    expect(places.get('s')).toEqual({ x: 0, y: 0, ...DESKTOP });
  });
});

test('whatever is shown, nothing overlaps, nothing is cut off, and every page together shows everybody once', () => {
  for (const area of [DESKTOP, UPRIGHT, LYING, { width: 320, height: 420 }, { width: 1900, height: 900 }]) {
    for (const large of [[], ['s'], ['s', 't']]) {
      for (let count = 1; count <= 30; count += 1) {
        const one = scene({ area, large, others: keys(count), isScreen: large.length === 1 });
        const { pages } = arrange(one);
        const seen: string[] = [];
        for (let page = 0; page < pages; page += 1) {
          const { control, places } = arrange({ ...one, page });
          const rects = [...places.values(), ...(control ? [control] : [])];
          for (const [index, rect] of rects.entries()) {
            expect(rect.x >= 0 && rect.y >= 0 && rect.width > 0 && rect.height > 0).toBe(true);
            expect(rect.x + rect.width <= area.width && rect.y + rect.height <= area.height).toBe(true);
            expect(rects.slice(index + 1).every((other) => areApart(rect, other))).toBe(true);
          }
          seen.push(...[...places.keys()].filter((key) => !large.includes(key)));
        }
        expect(seen).toEqual(keys(count));
      }
    }
  }
});

test('an area that is not measured yet shows nothing', () => {
  expect(arrange(scene({ area: { width: 0, height: 0 }, others: keys(3) })).places.size).toBe(0);
});
