import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Address, Hex } from 'viem';
import { writeDurably } from '../files/durable.ts';
import { siteUrl } from '../files/linkedEdge.ts';
import type { Deployment } from './deploy.ts';
import { eachPlace, type Places } from './places.ts';

/** Where the page looks unless it is told otherwise (web/README.md). */
export const DEPLOYMENT_FILE = join(fileURLToPath(new URL('../../', import.meta.url)), 'build/demo/deployment.json');

/** What the page reads: web/README.md says the format. */
interface PageDeployment extends Places {
  chainId: number;
  rpc: string;
  /** The registry's events begin here. */
  block: number;
  devKeys: boolean;
  people: Record<string, Address>;
  /** Whose scores the page shows unless a link names another. */
  benchmark?: Hex;
  /** Where the page is served, while it is. */
  site?: string;
}

/** Tells the page, and commands that print links to it, about a chain that runs now. */
export function writePageDeployment(
  deployment: Deployment,
  { rpc, people, benchmark, site }: Pick<PageDeployment, 'rpc' | 'people' | 'benchmark' | 'site'>,
  path = DEPLOYMENT_FILE,
): void {
  const { chainId, block, devKeys } = deployment;
  const contracts = eachPlace((place) => deployment[place]);
  const content: PageDeployment = { chainId, rpc, ...contracts, block, devKeys, people, benchmark, site };
  writeDurably(path, `${JSON.stringify(content, null, 2)}\n`);
}

/** Removes the file if it still is about the chain at `rpc`, which has ended. */
export function removePageDeployment(rpc: string, path = DEPLOYMENT_FILE): void {
  if (readPageDeployment(path)?.rpc === rpc) rmSync(path, { force: true });
}

/** The file, or undefined where there is none or it is damaged. */
export function readPageDeployment(path = DEPLOYMENT_FILE): Partial<PageDeployment> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<PageDeployment>;
  } catch {
    return undefined;
  }
}

/** Where a model can be seen, if the site is given or the running demo serves this very contract. */
export function modelPage(
  model: Hex,
  { chainId, registry }: { chainId: bigint; registry: Address },
  site: string | undefined,
): string | undefined {
  const demo = readPageDeployment();
  const contracts = [demo?.registry, demo?.scoreboard].map((address) => address?.toLowerCase());
  const isDemo = BigInt(demo?.chainId ?? 0) === chainId && contracts.includes(registry.toLowerCase());
  const known = site ?? (isDemo ? demo?.site : undefined);
  return known && `${siteUrl(known)}/model/${model}`;
}
