// Reads bad files of the corpus in a process of its own and says what that took, one line of JSON for each.
// Arguments: names of cases.
import { DescentError } from '../../src/errors/DescentError.ts';
import { HUGE, LARGE, parserOf } from './cases.ts';
import { PARSERS } from './parsers.ts';

export interface Measurement {
  file: string;
  /** Message of the error, if it was one of ours. */
  message: string | undefined;
  /** Anything else that happened. */
  failure: string | undefined;
  /** Processor time of the reader alone, so that other work on the machine does not count. */
  seconds: number;
  /** Peak of the whole process so far, with the file itself and Node.js. */
  mebibytes: number;
}

for (const name of process.argv.slice(2)) {
  const found = [...LARGE, ...HUGE].find(({ file }) => file === name);
  if (!found) throw new Error(`no case ${name}`);
  const bytes = found.make();
  const start = process.cpuUsage();
  let message: string | undefined;
  let failure: string | undefined;
  try {
    await PARSERS[parserOf(found)](bytes);
    failure = 'it was accepted';
  } catch (error) {
    if (error instanceof DescentError) message = error.message;
    else failure = String(error);
  }
  const { user, system } = process.cpuUsage(start);
  const measurement: Measurement = {
    file: name,
    message,
    failure,
    seconds: (user + system) / 1e6,
    mebibytes: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(measurement));
}
