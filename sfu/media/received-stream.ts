import type { types } from 'mediasoup';
import { HIGHEST_PRIORITY, LOWEST_PRIORITY, priorityOf, spatialLayerFor, type Tile } from './layer-choice.ts';
import { asMedia } from './media-fault.ts';

export interface SentStream {
  isScreen: boolean;
  /** Simulcast layers; 1 without simulcast. */
  layers: number;
}

/**
 * What one person receives of a producer. It flows while the page has asked for it and, being a video, shows it; then
 * in the layer that the tile needs.
 */
export class ReceivedStream {
  readonly #consumer: types.Consumer;
  readonly #sent: SentStream;
  #isAskedFor = false;
  #isShown = true;
  #isHeldBack = false;
  #flows = false;
  #layer: number | undefined;
  #priority: number | undefined;

  constructor(consumer: types.Consumer, sent: SentStream) {
    this.#consumer = consumer;
    this.#sent = sent;
  }

  get id(): string {
    return this.#consumer.id;
  }

  get producerId(): string {
    return this.#consumer.producerId;
  }

  /** Comes in one size only: it can be sent or held back, and nothing in between. */
  get isSingleVideo(): boolean {
    return this.#consumer.kind === 'video' && this.#consumer.type === 'simple';
  }

  /** Whether it would flow if there were room for it. */
  get isDue(): boolean {
    return this.#isAskedFor && this.#isShown && !this.#consumer.producerPaused;
  }

  /** The higher, the longer it is kept when there is no room for all. */
  get priority(): number {
    return this.#priority ?? (this.#sent.isScreen ? HIGHEST_PRIORITY : LOWEST_PRIORITY);
  }

  /** It should come, but there is no room for it. */
  get isHeldBack(): boolean {
    return this.#isHeldBack && this.isDue;
  }

  /** 0 to 10; undefined while nothing is to come. */
  get score(): number | undefined {
    const consumer = this.#consumer;
    return this.#flows && !consumer.producerPaused ? consumer.score.score : undefined;
  }

  /** There is no room for it on this person's network, or there is again. */
  async holdBack(isHeldBack: boolean): Promise<void> {
    this.#isHeldBack = isHeldBack;
    await this.#apply();
  }

  /** The page is ready to play it. mediasoup asks for a keyframe on resuming. */
  async ask(isAskedFor: boolean): Promise<void> {
    this.#isAskedFor = isAskedFor;
    await this.#apply();
  }

  /** @param tile where a video is shown; undefined: nowhere */
  async show(tile: Tile | undefined): Promise<void> {
    if (this.#consumer.kind === 'audio') return;
    this.#isShown = tile !== undefined;
    if (tile) await this.#fit(tile);
    await this.#apply();
  }

  close(): void {
    this.#consumer.close();
  }

  async #apply(): Promise<void> {
    const flows = this.#isAskedFor && this.#isShown && !this.#isHeldBack;
    if (flows === this.#flows) return;
    this.#flows = flows;
    const consumer = this.#consumer;
    await asMedia(() => (flows ? consumer.resume() : consumer.pause()));
  }

  async #fit(tile: Tile): Promise<void> {
    const consumer = this.#consumer;
    const priority = priorityOf(tile, this.#sent.isScreen);
    if (priority !== this.#priority) {
      this.#priority = priority;
      await asMedia(() => consumer.setPriority(priority));
    }
    if (consumer.type !== 'simulcast') return;
    const layer = spatialLayerFor(tile, this.#sent.layers);
    if (layer === this.#layer) return;
    this.#layer = layer;
    await asMedia(() => consumer.setPreferredLayers({ spatialLayer: layer }));
  }
}
