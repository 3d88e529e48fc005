import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts, ownEnvironment } from '#e2e/testing/system.ts';
import { until } from '#e2e/testing/wait.ts';
import { RECORDER_NODE_FLAGS } from '#recorder/node-flags.ts';
import type { Build } from '../build.ts';
import type { DoorOpened, DoorWanted } from './door-messages.ts';
import { MeasuredProcess } from './measured-process.ts';

const SECRETS = {
  SECRET: 'secret of the soak, long enough to sign with',
  JOIN_SECRET: 'join secret of the soak, long enough to sign with',
  RECORDER_TOKEN: 'recorder token of the soak, long enough',
};

/** What `/healthz` of SFU and recorder tell, as far as the soak asks. */
interface Health {
  people: number;
  rooms: number;
  recordings: number;
  transports: number;
  sfuConnected: boolean;
}

export interface SystemOptions {
  /** Whose recorder it is, if not this one's. */
  build?: Pick<Build, 'folder' | 'nodeFlags'>;
  /** The media server's entry. */
  sfu?: string;
  more?: Readonly<Record<string, string>>;
}

/** The real servers, each a process, with a plain door in the media server. */
export class SoakSystem {
  readonly sfu: MeasuredProcess;
  readonly recorder: MeasuredProcess;
  readonly archive: MeasuredProcess;
  readonly env: Readonly<Record<string, string>>;

  /** @param maxPeople who may be recorded at once; each may have two files */
  static async start(
    folder: string,
    maxPeople: number,
    { build, more = {}, sfu: sfuEntry = 'bench/soak/sfu-process.ts' }: SystemOptions = {},
  ): Promise<SoakSystem> {
    const ports = 2 * maxPeople;
    const base = await freePorts(2 * ports);
    const env: Record<string, string> = {
      ...(await ownEnvironment(folder)),
      ...SECRETS,
      PLAIN_PORT_MIN: `${base}`,
      PLAIN_PORT_MAX: `${base + ports - 1}`,
      RECORDER_PORT_MIN: `${base + ports}`,
      RECORDER_PORT_MAX: `${base + 2 * ports - 1}`,
      SFU_WORKERS: '2',
      LOG_LEVEL: 'warn',
      ...more,
    };
    await Promise.all(
      [env.RECORDINGS_DIR, env.DATA_DIR].map((path) => mkdir(path ?? '', { recursive: true })),
    );
    const all = { ...process.env, ...env };
    const [sfu, archive, recorder] = await Promise.all([
      MeasuredProcess.start('sfu', sfuEntry, all),
      MeasuredProcess.start('archive', 'archive/main.ts', all),
      MeasuredProcess.start(
        'recorder',
        join(build?.folder ?? '', 'recorder/main.ts'),
        all,
        build?.nodeFlags ?? RECORDER_NODE_FLAGS,
      ),
    ]);
    const system = new SoakSystem(env, { sfu, archive, recorder });
    await until('the recorder is connected', async () => (await system.health('recorder')).sfuConnected);
    return system;
  }

  private constructor(
    env: Record<string, string>,
    { archive, recorder, sfu }: Record<'sfu' | 'archive' | 'recorder', MeasuredProcess>,
  ) {
    this.env = env;
    this.sfu = sfu;
    this.archive = archive;
    this.recorder = recorder;
    // One listener for each person who waits for a door.
    sfu.child.setMaxListeners(0);
  }

  get sfuUrl(): string {
    return this.env.SFU_URL ?? '';
  }

  /** The front door. */
  get url(): string {
    return this.env.ARCHIVE_URL ?? '';
  }

  get joinSecret(): string {
    return SECRETS.JOIN_SECRET;
  }

  folderOf(recordingId: string): string {
    return join(this.env.RECORDINGS_DIR ?? '', recordingId);
  }

  get all(): readonly MeasuredProcess[] {
    return [this.sfu, this.recorder, this.archive];
  }

  /** Where plain RTP of a transport goes, or, with a sink, comes from. @throws Error when there is no such transport */
  openDoor(transportId: string, sink?: number): Promise<number> {
    const { child } = this.sfu;
    return new Promise((resolve, reject) => {
      const take = (message: DoorOpened): void => {
        if (message.soak !== 'door-opened' || message.transportId !== transportId) return;
        child.off('message', take);
        if (message.port === undefined) reject(new Error(`no door for transport ${transportId}`));
        else resolve(message.port);
      };
      child.on('message', take);
      child.send({ soak: 'door', transportId, ...(sink !== undefined && { sink }) } satisfies DoorWanted);
    });
  }

  async health(server: 'sfu' | 'recorder'): Promise<Health> {
    const port = server === 'sfu' ? this.env.SFU_PORT : this.env.RECORDER_HEALTH_PORT;
    // A connection that is kept would be counted among the server's sockets.
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { connection: 'close' } });
    return (await answer.json()) as Health;
  }

  async stop(): Promise<void> {
    await this.recorder.end();
    await Promise.all([this.sfu.end(), this.archive.end()]);
  }
}
