// A thread of a search (evolvePool.ts): is sent coefficients, sends back what their child is worth.
import { parentPort, workerData } from 'node:worker_threads';
import { fitnessOfMerge } from '../../src/training/fitness.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import type { EvolveFiles } from './evolvePool.ts';

const files: EvolveFiles = workerData;
const parents = files.parents.map(({ parent, parentSha256 }) => readWeightsFile(parent, parentSha256));
const shards = files.dev.map(({ shard, shardSha256 }) => readShardFile(shard, shardSha256));

parentPort!.on('message', (coefficients: number[][]) => {
  parentPort!.postMessage(fitnessOfMerge(parents, coefficients, shards));
});
