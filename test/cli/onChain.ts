import { after, before } from 'node:test';
import { deployRegistry } from '../../scripts/chain/deploy.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';

/** A node of the suite's own with a registry, from its first test to its last: the variables that name them to commands. */
export function onChain(): Record<string, string> {
  const env: Record<string, string> = {};
  let node: LocalNode;
  before(async () => {
    node = await startLocalNode();
    const { registry, scoreboard, audit, datasets } = await deployRegistry(node.rpc);
    Object.assign(env, { DESCENT_RPC: node.rpc, DESCENT_REGISTRY: registry, DESCENT_SCOREBOARD: scoreboard });
    Object.assign(env, { DESCENT_AUDIT: audit, DESCENT_DATASETS: datasets });
  });
  after(() => node.close());
  return env;
}
