// Compiles the programs that are named: node scripts/build/buildCircuit.ts train
import { buildCircuits } from './circuits.ts';

await buildCircuits(process.argv.slice(2), { onProgress: (message) => console.log(message) });
