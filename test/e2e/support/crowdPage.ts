import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { AnyShape } from '../../../src/model/anyShape.ts';
import { type Visit, type VisitOptions, visit } from './browser.ts';
import { type Crowd, startCrowd } from './crowd.ts';
import { servePage } from './server.ts';

/** The page over a crowd of models. */
export interface CrowdPage {
  faults: Crowd['faults'];
  origin: string;
  open(browser: Browser, options?: Partial<VisitOptions>): Promise<Visit>;
  close(): Promise<void>;
}

export async function serveCrowd(models: number, shape?: AnyShape): Promise<CrowdPage> {
  const crowd = await startCrowd(models, shape);
  const folder = join(process.cwd(), 'build/e2e-crowd');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `deployment-${models}${shape ? '-shaped' : ''}.json`);
  writeFileSync(file, JSON.stringify({ chainId: 31337, rpc: crowd.rpc, registry: crowd.registry, block: 1 }));
  const { origin, close } = await servePage(file);
  return {
    faults: crowd.faults,
    origin,
    open: (browser, options) => visit(browser, { origins: [origin, crowd.rpc], ...options }),
    async close() {
      await close();
      await crowd.close();
    },
  };
}
