/** What is asked of the kernel and what it tells, in objects instead of bytes. */
import type { Inputs, Messages, ObjectName, Operation } from './registry.ts';

/** One request. `flags` are `messageFlags.masks`: `create | exclusive`; request and acknowledge are added. */
export type Request = {
  readonly [O in ObjectName]: {
    readonly object: O;
    readonly operation: Operation;
    readonly flags?: number;
    readonly message: Inputs[O];
  };
}[ObjectName];

/** A question: for one thing, or (`Exchange.dump`) for all that the message's fields select. */
export interface Query<O extends ObjectName> {
  readonly object: O;
  readonly message: Inputs[O];
}

/** Something was made, changed or deleted. */
export type Notification<Of extends ObjectName = ObjectName> = {
  readonly [O in Of]: {
    readonly object: O;
    readonly operation: 'new' | 'delete';
    /** How it was asked for: `replace` tells a changed route from a new one. */
    readonly flags: number;
    readonly sequence: number;
    /** Netlink port of the socket that asked for it; 0: the kernel did it by itself. */
    readonly portId: number;
    readonly message: Messages[O];
  };
}[Of];

/** What was asked for is done. The request is known by its number. */
export type Receipt = Omit<Notification, 'message'> & { readonly message: undefined };

export type Told<Of extends ObjectName = ObjectName> = Notification<Of> | Receipt;
