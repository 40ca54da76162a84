import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { getAddress, type Hex, isAddress } from 'viem';
import { isHash } from '../format.ts';
import { projectRoot } from '../projectRoot.ts';
import type { ChainConfig } from './types.ts';

/** Why there is nothing to read. */
export interface MissingConfig {
  missing: string;
}

const LOCAL_NAMES: Record<number, string> = {
  1: 'Ethereum',
  11155111: 'Sepolia',
  1337: 'Local chain',
  31337: 'Local chain',
};

let cached: { key: string; config: ChainConfig | MissingConfig } | undefined;

/** Where the demo and `deploy` leave what the page needs to know; DESCENT_DEPLOYMENT names another file. */
export function deploymentFile(): string {
  return process.env.DESCENT_DEPLOYMENT ?? join(projectRoot(), 'build', 'demo', 'deployment.json');
}

/**
 * Where the page reads: DESCENT_RPC and DESCENT_REGISTRY (as for the command line), else the deployment file
 * `{ chainId, rpc, registry, block, devKeys, people?, explorer?, scoreboard?, creditVault?, benchmark?, … }`. Read again when
 * the file changes.
 */
export function readConfig(): ChainConfig | MissingConfig {
  const { DESCENT_RPC, DESCENT_REGISTRY } = process.env;
  const file = deploymentFile();
  const key =
    DESCENT_RPC && DESCENT_REGISTRY
      ? 'environment'
      : existsSync(/*turbopackIgnore: true*/ file)
        ? `${file} ${statSync(/*turbopackIgnore: true*/ file).mtimeMs}`
        : 'none';
  if (cached?.key === key) return cached.config;
  const config = key === 'environment' ? fromEnvironment() : key === 'none' ? missing(file) : fromFile(file);
  cached = { key, config };
  return config;
}

function missing(file: string): MissingConfig {
  return {
    missing: `There is no ${file.split('/').slice(-3).join('/')}, and DESCENT_RPC and DESCENT_REGISTRY are not set.`,
  };
}

function fromEnvironment(): ChainConfig | MissingConfig {
  const { DESCENT_RPC, DESCENT_REGISTRY, DESCENT_CHAIN_ID, DESCENT_FROM_BLOCK, DESCENT_DEV_KEYS, DESCENT_EXPLORER } =
    process.env;
  return check(
    {
      rpc: DESCENT_RPC,
      registry: DESCENT_REGISTRY,
      chainId: Number(DESCENT_CHAIN_ID ?? 31337),
      block: Number(DESCENT_FROM_BLOCK ?? 0),
      devKeys: DESCENT_DEV_KEYS !== 'false',
      explorer: DESCENT_EXPLORER,
      ...Object.fromEntries(CONTRACTS.map((name) => [name, process.env[environmentName(name)]])),
      benchmark: process.env.DESCENT_BENCHMARK,
    },
    'the environment',
  );
}

function fromFile(file: string): ChainConfig | MissingConfig {
  try {
    const { dataAttestations, ...rest } = JSON.parse(readFileSync(/*turbopackIgnore: true*/ file, 'utf8'));
    return check({ ...rest, attestations: dataAttestations }, file);
  } catch (cause) {
    return { missing: `${file} cannot be read: ${(cause as Error).message}` };
  }
}

function check(raw: Record<string, unknown>, where: string): ChainConfig | MissingConfig {
  const { rpc, registry, chainId, block = 0, devKeys = true, explorer, people = {}, benchmark } = raw;
  if (typeof rpc !== 'string' || !/^https?:\/\/\S+$/.test(rpc))
    return { missing: `${where} names no http(s) URL of a node.` };
  if (typeof registry !== 'string' || !isAddress(registry, { strict: false }))
    return { missing: `${where} names no registry.` };
  const id = Number(chainId);
  if (!Number.isSafeInteger(id) || id < 1) return { missing: `${where} names no chain.` };
  return {
    chainId: id,
    chainName: LOCAL_NAMES[id] ?? `Chain ${id}`,
    rpc,
    registry: getAddress(registry),
    block: Number(block),
    devKeys: devKeys !== false,
    ...(typeof explorer === 'string' && /^https:\/\//.test(explorer) && { explorer: explorer.replace(/\/$/, '') }),
    people: namesByAddress(people),
    ...(typeof benchmark === 'string' && isHash(benchmark) && { benchmark: benchmark.toLowerCase() as Hex }),
    ...contractsOf(raw),
  };
}

const CONTRACTS = [
  'datasets',
  'scoreboard',
  'audit',
  'trainers',
  'creditVault',
  'bountyBoard',
  'statuses',
  'inferences',
  'attestations',
  'cards',
  'relay',
  'ens',
] as const;

/** `DESCENT_CREDIT_VAULT` for `creditVault`. */
function environmentName(contract: string): string {
  return `DESCENT_${contract.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}

/** The contracts beside the registry; what is no address is left out. */
function contractsOf(raw: Record<string, unknown>): Pick<ChainConfig, (typeof CONTRACTS)[number]> {
  return Object.fromEntries(
    CONTRACTS.flatMap((name) => {
      const address = raw[name];
      return typeof address === 'string' && isAddress(address, { strict: false }) ? [[name, getAddress(address)]] : [];
    }),
  );
}

/** `{ Alice: 0x… }` as the demo writes it, turned round. */
function namesByAddress(people: unknown): Record<string, string> {
  if (typeof people !== 'object' || people === null) return {};
  return Object.fromEntries(
    Object.entries(people)
      .filter(([, address]) => typeof address === 'string' && isAddress(address, { strict: false }))
      .map(([name, address]) => [(address as string).toLowerCase(), name]),
  );
}
