// What may import what (docs/architecture.md). scripts/architecture.test.ts holds the tree to it, and shows on a small
// tree of wrong imports that each rule fires.

const OURS = '^(protocol|service|sfu|store|recorder|archive|client|e2e|bench|scripts)/';
const NOT_TESTS = '\\.test\\.tsx?$|/testing/';

/** Imports of one npm package, from anywhere but the folders that may. */
const onlyIn = (name, packages, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: OURS, pathNot: `${allowed}|^(e2e|bench|scripts)/|${NOT_TESTS}` },
  to: { path: packages.map((one) => `(^|/)node_modules/${one}/`) },
});

/** What the recorder's files are made of, all pure, and what makes one with AAC of one with Opus: whoever makes another kind of file. */
const FORMATS = '^recorder/((bytes|depacketize|flv)/|remake\\.ts$)';

/** One of the processes, or the client: none of them imports another. */
const separate = (folder, others) => ({
  name: `${folder}-stands-alone`,
  severity: 'error',
  comment: 'Processes speak through protocol/ alone; the archive also reads what the recorder wrote.',
  from: { path: `^${folder}/` },
  to: { path: `^(${others.join('|')})/`, pathNot: folder === 'archive' ? FORMATS : [] },
});

const processes = ['sfu', 'recorder', 'archive', 'client'];

// The folders in the order in which a packet meets them; an import goes to an earlier one or to a pure stage.
const PURE = ['bytes', 'rtp', 'depacketize', 'timeline', 'flv', 'slate'];
const pure = `^recorder/(${PURE.join('|')})/`;

// What wires the recorder's stages, each of what is below it: a recording has people, a person has files.
const WIRING = ['control', 'person', 'file'];
const ADAPTERS = '^recorder/(ingest|audio|transcode|storage)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { path: OURS }, to: { circular: true } },
    {
      name: 'protocol-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^protocol/', pathNot: NOT_TESTS },
      to: { path: OURS, pathNot: '^protocol/' },
    },
    {
      name: 'protocol-imports-only-zod',
      severity: 'error',
      comment: 'protocol/ also runs in the browser.',
      from: { path: '^protocol/', pathNot: NOT_TESTS },
      to: { pathNot: ['^protocol/', '(^|/)node_modules/zod/'] },
    },
    {
      name: 'service-imports-only-protocol',
      severity: 'error',
      from: { path: '^service/' },
      to: { path: OURS, pathNot: '^(service|protocol)/' },
    },
    {
      name: 'store-imports-only-protocol-and-service',
      severity: 'error',
      from: { path: '^store/', pathNot: NOT_TESTS },
      to: { path: OURS, pathNot: '^(store|service|protocol)/' },
    },
    {
      name: 'store-for-recorder-and-archive',
      severity: 'error',
      comment: 'Nobody else knows how a recording lies on disk.',
      from: { path: '^(protocol|service|sfu|client)/', pathNot: NOT_TESTS },
      to: { path: '^store/' },
    },
    ...processes.map((folder) =>
      separate(
        folder,
        processes.filter((other) => other !== folder),
      ),
    ),
    {
      name: 'client-runs-in-the-browser',
      severity: 'error',
      from: { path: '^client/src/', pathNot: NOT_TESTS },
      to: { path: '^service/' },
    },
    {
      name: 'recorder-formats-in-mp4',
      severity: 'error',
      comment: 'The archive knows what is inside of an FLV in one place.',
      from: { path: '^archive/', pathNot: `^archive/exports/mp4/|${NOT_TESTS}` },
      to: { path: FORMATS },
    },
    onlyIn(
      'mediasoup-in-sfu-media',
      ['mediasoup'],
      '^sfu/media/',
      'Each library enters through one adapter.',
    ),
    onlyIn('aws-sdk-in-store-s3', ['@aws-sdk'], '^store/s3/'),
    onlyIn('socket-io-in-sfu', ['socket\\.io'], '^sfu/signalling/'),
    onlyIn(
      'socket-io-client-in-adapters',
      ['socket\\.io-client'],
      '^(recorder/control|client/src/adapters)/',
    ),
    onlyIn('mediasoup-client-in-adapters', ['mediasoup-client'], '^client/src/adapters/'),
    {
      name: 'pure-stages-without-io',
      severity: 'error',
      comment: 'Bytes and a clock go in, values come out: so they are tested exhaustively and fuzzed.',
      from: { path: pure, pathNot: NOT_TESTS },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-stages-import-no-adapter',
      severity: 'error',
      from: { path: pure, pathNot: NOT_TESTS },
      to: { path: `${ADAPTERS}|^recorder/(${WIRING.join('|')})/` },
    },
    ...WIRING.map((folder, at) => ({
      name: `recorder-${folder}-from-above`,
      severity: 'error',
      comment:
        'Stages do not look ahead: only what is above wires them, and testing/, which tests them together.',
      from: {
        path: '^recorder/[^/]+/',
        pathNot: `^recorder/(${WIRING.slice(0, at + 1).join('|')}|testing)/|${NOT_TESTS}`,
      },
      to: { path: `^recorder/(${folder}/|pipeline\\.ts|main\\.ts)` },
    })),
    {
      name: 'recorder-adapters-stand-apart',
      severity: 'error',
      comment: 'Ingest, audio, transcode and storage know the pure stages, not each other.',
      from: { path: ADAPTERS, pathNot: NOT_TESTS },
      to: { path: ADAPTERS, pathNot: '^recorder/$1/' },
    },
    {
      name: 'client-features-stand-apart',
      severity: 'error',
      from: { path: '^client/src/features/([^/]+)/' },
      to: { path: '^client/src/features/', pathNot: '^client/src/features/$1/' },
    },
    {
      name: 'client-features-without-adapters',
      severity: 'error',
      from: { path: '^client/src/features/' },
      to: { path: '^client/src/adapters/' },
    },
    {
      name: 'client-ui-without-session',
      severity: 'error',
      comment: 'What is only shown needs no state of its own.',
      from: { path: '^client/src/ui/' },
      to: { path: '^client/src/session/' },
    },
    {
      name: 'children-through-one-door',
      severity: 'error',
      comment: 'A program is started in one place, without our environment and within limits.',
      from: {
        path: '^(service|sfu|store|recorder|archive)/',
        pathNot: `^service/child\\.ts$|^recorder/audio/worker-process\\.ts$|${NOT_TESTS}`,
      },
      to: { path: '^(node:)?child_process$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'servers-without-packages-of-pages',
      severity: 'error',
      comment:
        'package.json: `dependencies` are what the servers run on, `devDependencies` tools and what pages are built of.',
      from: { path: '^(protocol|service|sfu|store|recorder|archive)/', pathNot: NOT_TESTS },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'pages-without-packages-of-servers',
      severity: 'error',
      from: { path: '^client/src/', pathNot: NOT_TESTS },
      to: { dependencyTypes: ['npm'], pathNot: '(^|/)node_modules/(zod|socket\\.io-client)/' },
    },
    {
      name: 'parts-by-name',
      severity: 'error',
      comment: 'Another part is imported by the name that package.json gives it, and not by the way there.',
      from: { path: OURS },
      to: { path: OURS, pathNot: '^$1/', dependencyTypesNot: ['aliased-subpath-import'] },
    },
    {
      name: 'no-tests-in-production',
      severity: 'error',
      from: { path: '^(protocol|service|sfu|store|recorder|archive|client)/', pathNot: NOT_TESTS },
      to: { path: '\\.test\\.tsx?$|^e2e/|^bench/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^client/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js'],
      conditionNames: ['import', 'node', 'types', 'default'],
      exportsFields: ['exports'],
    },
  },
};
