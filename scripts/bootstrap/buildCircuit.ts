// Compiles the programs that are named: node scripts/bootstrap/buildCircuit.ts train
import { buildCircuits } from '../build/circuits.ts';

await buildCircuits(process.argv.slice(2), { onProgress: (message) => console.log(message) });
