import { parseArgs } from 'node:util';
import { Fault } from '#protocol/errors.ts';

export interface StartArguments {
  help: boolean;
  https: boolean;
  watch: boolean;
}

export const HELP = `npm start [-- OPTIONS]

Starts Verbatim: meeting server, recorder and archive. Everything else is set in the environment or in .env;
.env.example lists every key with its default and its meaning.

  --https   serve over HTTPS with a certificate made here, and listen on every address, so that others on your
            network can join (browsers give camera and microphone to HTTPS pages only)
  --watch   for working on Verbatim: servers restart and pages reload when a file of theirs changes (npm run dev)
  --help    print this
`;

/** @throws Fault `config-invalid` in words for a flag that does not exist. */
export function readArguments(argv: readonly string[]): StartArguments {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h' },
        https: { type: 'boolean' },
        watch: { type: 'boolean' },
      },
    });
    const { help = false, https = false, watch = false } = values;
    return { help, https, watch };
  } catch (cause) {
    const given =
      argv.find((word) => !['--help', '-h', '--https', '--watch'].includes(word)) ?? argv.join(' ');
    throw new Fault('config-invalid', `npm start does not know "${given}".\n\n${HELP}`, { cause });
  }
}
