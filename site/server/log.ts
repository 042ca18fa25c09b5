// The server's log: an event sentence plus an object, as JSON lines or for people.
import pino from 'pino';
import type { Logger } from 'pino';
import type { Config } from './config.ts';

/** Which events need somebody's attention; everything else is the course of things. */
const WARNINGS = /failed|refused|could not|lost|broke|broken|ended by itself|does not/;

export function createLogger(config: Pick<Config, 'logLevel' | 'logPretty'>): Logger {
  const serializers = { error: pino.stdSerializers.err };
  const transport = { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname' } };
  return pino({ level: config.logLevel, serializers, ...(config.logPretty ? { transport } : {}) });
}

export function eventLog(logger: Logger): (event: string, details: Readonly<Record<string, unknown>>) => void {
  return (event, details) => {
    if (WARNINGS.test(event)) logger.warn(details, event);
    else logger.info(details, event);
  };
}
