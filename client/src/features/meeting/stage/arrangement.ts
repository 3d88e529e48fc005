import { layOut } from './grid-layout.ts';

/** All measures are CSS pixels. */
export interface Size {
  width: number;
  height: number;
}
export interface Rect extends Size {
  x: number;
  y: number;
}

/** Where everything is that is to be seen now. */
export interface Arrangement {
  places: ReadonlyMap<string, Rect>;
  /** The open page, from 0, and how many there are. */
  page: number;
  pages: number;
  /** Where the pages are turned; undefined while there is one. */
  control: Rect | undefined;
}

export interface Scene {
  area: Size;
  /** Keys of the tiles that are shown large; without any, everybody is in one grid. */
  large: readonly string[];
  /** A shared screen takes all the room that there is; a person's picture keeps its form. */
  isScreen: boolean;
  /** Keys of all other tiles, in their order. */
  others: readonly string[];
  page: number;
}

export const MAX_PER_PAGE = 9;
export const GAP = 8;
/** Smaller than this nobody is recognised: the others come on a further page. */
const SMALLEST: Size = { width: 136, height: 100 };
const CONTROL_HEIGHT = 44;
/** Beside what is large. It also is narrow enough for three people, one above the other. */
const SIDE = { share: 0.18, narrowest: 128, widest: 248, ratio: 16 / 10, people: 3 };
const BENEATH = { share: 0.14, lowest: 84, highest: 132, ratio: 1.1 };

/** Everybody in a grid; or what is large, with the others in a strip: beside it, beneath it in an upright area. */
export function arrange(scene: Scene): Arrangement {
  const { area, large, others } = scene;
  if (area.width <= 0 || area.height <= 0) {
    return { places: new Map(), page: 0, pages: 1, control: undefined };
  }
  if (large.length === 0) return gridOf(scene);
  if (others.length === 0) {
    const places = placeLarge(scene, { x: 0, y: 0, ...area });
    return { places, page: 0, pages: 1, control: undefined };
  }
  return area.width > area.height ? besideStrip(scene) : aboveStrip(scene);
}

/** On every page the tiles have the size of those on a full one: nothing jumps when a page is turned. */
function gridOf({ area, others, page }: Scene): Arrangement {
  const whole: Rect = { x: 0, y: 0, ...area };
  if (others.length <= MAX_PER_PAGE && fits(others.length, area)) {
    return { places: inRows(others, others.length, whole), page: 0, pages: 1, control: undefined };
  }
  const { control, rest } = withControl(whole);
  let perPage = MAX_PER_PAGE;
  while (perPage > 1 && !fits(perPage, rest)) perPage -= 1;
  const turned = turn(others, perPage, page);
  return { ...turned, places: inRows(turned.keys, perPage, rest), control };
}

function besideStrip(scene: Scene): Arrangement {
  const { area, others } = scene;
  const wanted = Math.min(area.width * SIDE.share, area.height / SIDE.people);
  const width = Math.round(Math.min(SIDE.widest, Math.max(SIDE.narrowest, wanted)));
  const height = Math.round(width / SIDE.ratio);
  const strip: Rect = { x: area.width - width, y: 0, width, height: area.height };
  const isOnePage = capacity(area.height, height) >= others.length;
  const { control, rest } = isOnePage ? { control: undefined, rest: strip } : withControl(strip);
  const turned = turn(others, capacity(rest.height, height), scene.page);
  const tiles = turned.keys.map((key, index): [string, Rect] => [
    key,
    { x: strip.x, y: index * (height + GAP), width, height },
  ]);
  const large = placeLarge(scene, { x: 0, y: 0, width: strip.x - GAP, height: area.height });
  return { ...turned, places: new Map([...large, ...tiles]), control };
}

function aboveStrip(scene: Scene): Arrangement {
  const { area, others } = scene;
  const height = Math.round(Math.min(BENEATH.highest, Math.max(BENEATH.lowest, area.height * BENEATH.share)));
  const width = Math.round(height * BENEATH.ratio);
  const perPage = capacity(area.width, width);
  const whole: Rect = { x: 0, y: 0, ...area };
  const { control, rest } =
    perPage >= others.length ? { control: undefined, rest: whole } : withControl(whole);
  const turned = turn(others, perPage, scene.page);
  const from = Math.round((area.width - spanOf(turned.keys.length, width)) / 2);
  const y = rest.height - height;
  const tiles = turned.keys.map((key, index): [string, Rect] => [
    key,
    { x: from + index * (width + GAP), y, width, height },
  ]);
  const large = placeLarge(scene, { x: 0, y: 0, width: area.width, height: y - GAP });
  return { ...turned, places: new Map([...large, ...tiles]), control };
}

function placeLarge({ isScreen, large }: Scene, rect: Rect): Map<string, Rect> {
  const [only] = large;
  if (isScreen && only !== undefined && large.length === 1) return new Map([[only, rect]]);
  return inRows(large, large.length, rect);
}

/** @param size the number of tiles that the rows are made for; fewer are centred */
function inRows(keys: readonly string[], size: number, rect: Rect): Map<string, Rect> {
  const { columns, height, width } = layOut(size, rect.width, rect.height, GAP);
  const rows = Math.ceil(keys.length / columns);
  const top = rect.y + Math.round((rect.height - spanOf(rows, height)) / 2);
  return new Map(
    keys.map((key, index): [string, Rect] => {
      const row = Math.floor(index / columns);
      const inRow = Math.min(columns, keys.length - row * columns);
      const left = rect.x + Math.round((rect.width - spanOf(inRow, width)) / 2);
      return [
        key,
        { x: left + (index % columns) * (width + GAP), y: top + row * (height + GAP), width, height },
      ];
    }),
  );
}

function turn(
  keys: readonly string[],
  perPage: number,
  page: number,
): { keys: readonly string[]; page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(keys.length / perPage));
  const open = Math.min(Math.max(0, page), pages - 1);
  return { keys: keys.slice(open * perPage, (open + 1) * perPage), page: open, pages };
}

function withControl(rect: Rect): { control: Rect; rest: Rect } {
  const height = Math.max(0, rect.height - CONTROL_HEIGHT);
  return {
    control: { ...rect, y: rect.y + height, height: CONTROL_HEIGHT },
    rest: { ...rect, height },
  };
}

function fits(count: number, area: Size): boolean {
  const { height, width } = layOut(count, area.width, area.height, GAP);
  return count <= 1 || (width >= SMALLEST.width && height >= SMALLEST.height);
}

/** How many tiles of this extent lie side by side; never none, however narrow it is. */
function capacity(room: number, extent: number): number {
  return Math.max(1, Math.floor((room + GAP) / (extent + GAP)));
}

function spanOf(count: number, extent: number): number {
  return count * extent + Math.max(0, count - 1) * GAP;
}
