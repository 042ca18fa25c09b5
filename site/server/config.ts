// The server's configuration: one schema, every field with its default, read once from the environment.
import * as z from 'zod';
import { hostPaths } from '../../sandbox/host/paths.ts';
import { EngineConfig } from '../../sandbox/source/config.ts';
import { StartError } from './errors.ts';

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');

const Environment = z.object({
  UNDERHOOD_HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
  UNDERHOOD_PORT: whole(0, 65535).default(8080).describe('Port to listen on; 0 takes any free one.'),
  UNDERHOOD_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('The address browsers use, where it is not http://<host>:<port>, as behind a proxy.'),
  UNDERHOOD_PREVIEW_DOMAIN: z
    .string()
    .regex(
      /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?$/,
      'expected a domain, like preview.example.org',
    )
    .optional()
    .describe('Domain of which every name leads here: what guests serve is shown below it.'),
  UNDERHOOD_SITE: z.string().optional().describe('Folder with the built site, if not the cache’s.'),
  UNDERHOOD_LABS: z.string().optional().describe('Folder with the course.'),
  UNDERHOOD_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('What is logged.'),
  UNDERHOOD_LOG_PRETTY: flag.optional().describe('Log for people instead of machines.'),
  UNDERHOOD_PAUSE_AFTER_MS: whole(100, 86_400_000).default(120_000).describe('Nobody looks: stop the machine.'),
  UNDERHOOD_HIBERNATE_AFTER_MS: whole(100, 604_800_000).default(900_000).describe('Nobody looks: memory to disk.'),
  UNDERHOOD_KEEP_MS: whole(1000, 31_536_000_000).default(604_800_000).describe('Nobody looks: give the machine up.'),
  UNDERHOOD_SESSION_LIMIT_MS: whole(1000, 604_800_000)
    .optional()
    .describe('How long a session lasts without activity; none by default.'),
  UNDERHOOD_MACHINES_PER_LEARNER: whole(1, 64).default(2).describe('Awake at the same time; the rest hibernates.'),
  UNDERHOOD_CLAIMS_PER_MINUTE: whole(1, 100_000).default(20).describe('Machines one learner may ask for.'),
  UNDERHOOD_WARM_MACHINES: whole(0, 256).default(1).describe('Machines kept ready for whoever comes next.'),
  UNDERHOOD_OUTPUT_BYTES_PER_SECOND: whole(65_536, 1_000_000_000)
    .default(8_000_000)
    .describe('Terminal output taken from one machine, on average.'),
  UNDERHOOD_MODE: z
    .enum(['practice', 'class', 'graded'])
    .default('practice')
    .describe('What labs allow: see lab.yaml.'),
  UNDERHOOD_VCPUS: whole(1, 16).default(2).describe('Virtual processors of a machine.'),
  UNDERHOOD_MEMORY_MIB: whole(512, 3072).default(1024).describe('Memory of a machine.'),
  UNDERHOOD_ACCELERATOR: z.enum(['auto', 'kvm', 'tcg']).default('auto').describe('auto: whichever really boots.'),
  UNDERHOOD_QEMU_ROOT: z.string().default('/').describe('Where QEMU is installed, if not on the host itself.'),
  UNDERHOOD_DISK_CAP_MIB: whole(256, 1_000_000).default(3072).describe('What a machine may write to its disk.'),
  UNDERHOOD_CHECKPOINTS: whole(0, 8)
    .default(2)
    .describe('Moments of a machine that can be gone back to; each takes on disk what it changed of its memory.'),
  UNDERHOOD_MAX_MACHINES: whole(1, 10_000)
    .default(EngineConfig.shape.maxMachines.parse(undefined))
    .describe('Awake at once, whatever memory allows.'),
  UNDERHOOD_RESERVE_MIB: whole(0, 1_000_000).default(1024).describe('Memory of the host left to everything else.'),
  UNDERHOOD_LEASE_MS: whole(60_000, 86_400_000)
    .default(600_000)
    .describe('A machine without a server ends itself after this.'),
});

export type Config = {
  readonly host: string;
  readonly port: number;
  /** origin without a trailing slash; undefined until the port is known */
  readonly publicUrl: string | undefined;
  /** undefined: `localhost` where the course is read on its own computer, else no previews */
  readonly previewDomain: string | undefined;
  /** undefined = the cache's, built if need be */
  readonly siteDir: string | undefined;
  readonly labsDir: string;
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly runDir: string;
  readonly pidFile: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly logPretty: boolean;
  readonly pauseAfterMs: number;
  readonly hibernateAfterMs: number;
  readonly keepMs: number;
  readonly sessionLimitMs: number | null;
  readonly machinesPerLearner: number;
  readonly claimsPerMinute: number;
  readonly warmMachines: number;
  readonly outputBytesPerSecond: number;
  readonly mode: 'practice' | 'class' | 'graded';
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly accelerator: 'auto' | 'kvm' | 'tcg';
  readonly qemuRoot: string;
  readonly diskCapMib: number;
  readonly checkpoints: number;
  readonly maxMachines: number;
  readonly reserveMib: number;
  readonly leaseMs: number;
  readonly readOnlyCacheDirs: readonly string[];
};

/** What a guest serves must not have a name that the course has, or one below which the course is. */
function assertApart(publicUrl: string | undefined, domain: string | undefined): void {
  if (publicUrl === undefined || domain === undefined) return;
  const { hostname } = new URL(publicUrl);
  const name = domain.replace(/:\d+$/, '');
  if (hostname !== name && !hostname.endsWith(`.${name}`)) return;
  throw new StartError(
    'config-invalid',
    `UNDERHOOD_PREVIEW_DOMAIN: the course itself is at ${hostname}`,
    'Give previews a domain of their own: what learners serve there must not reach the cookies of the course.',
  );
}

/** Throws StartError naming the variable, what is expected and what was found. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? 'UNDERHOOD_*');
    const detail = `${name}: ${issue?.message ?? 'invalid'} (found ${JSON.stringify(given[name])})`;
    throw new StartError('config-invalid', detail, `Correct ${name} or leave it out to have its default.`);
  }
  const values = parsed.data;
  const paths = hostPaths(env);
  assertApart(values.UNDERHOOD_PUBLIC_URL, values.UNDERHOOD_PREVIEW_DOMAIN);
  return {
    host: values.UNDERHOOD_HOST,
    port: values.UNDERHOOD_PORT,
    publicUrl: values.UNDERHOOD_PUBLIC_URL?.replace(/\/+$/, ''),
    previewDomain: values.UNDERHOOD_PREVIEW_DOMAIN,
    siteDir: values.UNDERHOOD_SITE,
    labsDir: values.UNDERHOOD_LABS ?? new URL('../../labs/content', import.meta.url).pathname,
    dataDir: paths.dataDir,
    cacheDir: paths.cacheDir,
    runDir: paths.runDir,
    pidFile: paths.pidFile,
    logLevel: values.UNDERHOOD_LOG,
    logPretty: values.UNDERHOOD_LOG_PRETTY ?? false,
    pauseAfterMs: values.UNDERHOOD_PAUSE_AFTER_MS,
    hibernateAfterMs: values.UNDERHOOD_HIBERNATE_AFTER_MS,
    keepMs: values.UNDERHOOD_KEEP_MS,
    sessionLimitMs: values.UNDERHOOD_SESSION_LIMIT_MS ?? null,
    machinesPerLearner: values.UNDERHOOD_MACHINES_PER_LEARNER,
    claimsPerMinute: values.UNDERHOOD_CLAIMS_PER_MINUTE,
    warmMachines: values.UNDERHOOD_WARM_MACHINES,
    outputBytesPerSecond: values.UNDERHOOD_OUTPUT_BYTES_PER_SECOND,
    mode: values.UNDERHOOD_MODE,
    vcpus: values.UNDERHOOD_VCPUS,
    memoryMib: values.UNDERHOOD_MEMORY_MIB,
    accelerator: values.UNDERHOOD_ACCELERATOR,
    qemuRoot: values.UNDERHOOD_QEMU_ROOT,
    diskCapMib: values.UNDERHOOD_DISK_CAP_MIB,
    checkpoints: values.UNDERHOOD_CHECKPOINTS,
    maxMachines: values.UNDERHOOD_MAX_MACHINES,
    reserveMib: values.UNDERHOOD_RESERVE_MIB,
    leaseMs: values.UNDERHOOD_LEASE_MS,
    readOnlyCacheDirs: paths.readOnlyCacheDirs,
  };
}
