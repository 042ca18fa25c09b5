// All seats of this server: who claims a machine, which are adopted after a restart, which must make room.
import { randomBytes } from 'node:crypto';
import { findLab } from '../../labs/lab.ts';
import type { Catalog, Lab } from '../../labs/lab.ts';
import { isLive } from '../../sandbox/session/state.ts';
import { LearnerError } from './errors.ts';
import { findAttempt, presentAttempt } from './models/attempts.ts';
import type { Attempt } from './models/attempts.ts';
import { FRESH_RECORD, addSession, liveSessions, retireSession } from './models/sessions.ts';
import type { SessionRow } from './models/sessions.ts';
import { dropPreviews, previewsOf } from './models/previews.ts';
import { progressOf } from './models/tasks.ts';
import { Seat } from './seat.ts';
import type { SeatDeps } from './seat.ts';

export type SessionsOptions = SeatDeps & {
  readonly catalog: Catalog;
  /** of one learner, awake at the same time */
  readonly machinesPerLearner: number;
  /** a learner came for a machine of this lab */
  readonly claimed?: (lab: Lab) => void;
};

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #seats = new Map<string, Seat>();
  /** claims at work, so that two tabs of a learner get one machine */
  readonly #claiming = new Map<string, Promise<Seat>>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get seats(): readonly Seat[] {
    return [...this.#seats.values()];
  }

  /** The learner's own seat. Others' are as if they did not exist. */
  find(id: string, learnerId: string): Seat | undefined {
    const seat = this.#seats.get(id);
    return seat?.learnerId === learnerId ? seat : undefined;
  }

  seatIn(learnerId: string, lab: string): Seat | undefined {
    return this.seats.find((seat) => seat.learnerId === learnerId && seat.lab.id === lab);
  }

  /** The learner's machine for this lab: the one there is, or a new one. */
  async claim(learnerId: string, labId: string): Promise<Seat> {
    const lab = findLab(this.#options.catalog, labId);
    if (lab === undefined) throw new LearnerError('unknown-lab');
    const key = `${learnerId}/${labId}`;
    const known = this.#claiming.get(key);
    if (known !== undefined) return await known;
    const claim = this.#claim(learnerId, lab).finally(() => this.#claiming.delete(key));
    this.#claiming.set(key, claim);
    return await claim;
  }

  /** Takes up what an earlier process left, then ends machines that belong to nobody. */
  async adoptAll(): Promise<{ readonly adopted: number; readonly lost: number }> {
    const { db, source, log } = this.#options;
    const keep = new Set<string>();
    let adopted = 0;
    let lost = 0;
    for (const row of await liveSessions(db)) {
      try {
        const machineId = await this.#adopt(row);
        if (machineId === undefined) lost++;
        else {
          keep.add(machineId);
          adopted++;
        }
      } catch (error) {
        lost++;
        log('a session could not be adopted', { session: row.id, error });
        await retireSession(db, row.id);
      }
    }
    const swept = await source.sweep(keep);
    log('sessions of an earlier run were taken up', { adopted, lost, swept: swept.length });
    return { adopted, lost };
  }

  async detachAll(): Promise<void> {
    const seats = this.seats;
    this.#seats.clear();
    await Promise.allSettled(seats.map((seat) => seat.detach()));
  }

  /** Ends the machines of a lab that is made otherwise now; whoever comes next gets a new one. */
  async endLab(lab: string): Promise<void> {
    await Promise.allSettled(this.seats.filter((seat) => seat.lab.id === lab).map((seat) => this.#close(seat)));
  }

  async closeAll(): Promise<void> {
    const seats = this.seats;
    this.#seats.clear();
    await Promise.allSettled(seats.map((seat) => this.#close(seat)));
  }

  async #claim(learnerId: string, lab: Lab): Promise<Seat> {
    const { db, now, log } = this.#options;
    const present = this.seatIn(learnerId, lab.id);
    if (present !== undefined) {
      if (isLive(present.session.state)) return present;
      await this.#close(present);
    }
    const attempt = await presentAttempt(db, learnerId, lab.id, now());
    const id = randomBytes(16).toString('base64url');
    const row = { id, learnerId, lab: lab.id, attemptId: attempt.id, record: FRESH_RECORD };
    await addSession(db, row, now());
    const seat = await this.#seat(row, lab, attempt);
    seat.begin();
    seat.event('claimed', {});
    this.#options.claimed?.(lab);
    this.#makeRoom(learnerId, seat).catch((error: unknown) => log('no room could be made', { error }));
    return seat;
  }

  /** Beyond the limit the learner's machine that was looked at longest ago goes to disk. */
  async #makeRoom(learnerId: string, newcomer: Seat): Promise<void> {
    const awake = this.seats
      .filter((seat) => seat.learnerId === learnerId && seat !== newcomer)
      .filter((seat) => seat.session.state === 'ready' || seat.session.state === 'paused')
      .sort((a, b) => a.session.lastSeenMs - b.session.lastSeenMs);
    const excess = awake.length + 1 - this.#options.machinesPerLearner;
    for (const seat of awake.slice(0, Math.max(0, excess))) {
      seat.event('hibernated-for-room', {});
      await seat.session.hibernate();
    }
  }

  /** Returns the id of the machine that must live on. */
  async #adopt(row: SessionRow): Promise<string | undefined> {
    const { db, source, catalog } = this.#options;
    const lab = findLab(catalog, row.lab);
    const attempt = await findAttempt(db, row.attemptId);
    const begun = ['queued', 'starting', 'setting-up'].includes(row.record.state);
    if (begun && lab !== undefined && attempt !== undefined) {
      // Nobody has typed anything yet: begin again under the same name, on another machine.
      const record = { ...FRESH_RECORD, epochBase: row.record.epoch + 1 };
      (await this.#seat({ ...row, record }, lab, attempt)).begin();
      return undefined;
    }
    const rests = row.record.state === 'ready' || row.record.state === 'paused' || row.record.state === 'hibernated';
    // Woken but not yet answering, or on its way to disk: what the machine itself says counts.
    const usable = rests || row.record.state === 'waking' || row.record.state === 'rewinding';
    if (lab === undefined || attempt === undefined || row.record.machine === null || !usable) {
      return await this.#giveUp(row);
    }
    const machine = await source.adopt(row.record.machine);
    if (machine === undefined) return await this.#giveUp(row);
    const seat = await this.#seat(row, lab, attempt);
    seat.showAgain(await previewsOf(db, row.id));
    await seat.adopt(machine, row.record);
    seat.event('adopted', { machine: machine.facts.id });
    return machine.facts.id;
  }

  /** The page's socket is refused with `gone`, and it claims a fresh machine. */
  async #giveUp(row: SessionRow): Promise<undefined> {
    await retireSession(this.#options.db, row.id);
    await dropPreviews(this.#options.db, row.id);
    this.#options.log('a session is lost', { session: row.id, machine: row.record.machine, state: row.record.state });
  }

  async #seat(row: SessionRow, lab: Lab, attempt: Attempt): Promise<Seat> {
    const seat = new Seat(this.#options, row, lab, attempt, await progressOf(this.#options.db, attempt.id));
    this.#seats.set(seat.id, seat);
    return seat;
  }

  async #close(seat: Seat): Promise<void> {
    this.#seats.delete(seat.id);
    await retireSession(this.#options.db, seat.id);
    await seat.close('closed');
  }
}
