/** An interface's counters and its hardware mapping, linux/if_link.h. */
import { type FixedCodec, padding, struct, u8, u16, u32, u64 } from '@ripstop/wire';

/** The counters in their order, which is the same in both widths. `otherHostDropped` is only in the wide one. */
function counters<C extends FixedCodec<number> | FixedCodec<bigint>>(counter: C) {
  return {
    receivedPackets: counter,
    sentPackets: counter,
    receivedBytes: counter,
    sentBytes: counter,
    receiveErrors: counter,
    sendErrors: counter,
    receiveDropped: counter,
    sendDropped: counter,
    multicast: counter,
    collisions: counter,
    receiveLengthErrors: counter,
    receiveOverErrors: counter,
    receiveCrcErrors: counter,
    receiveFrameErrors: counter,
    receiveFifoErrors: counter,
    receiveMissedErrors: counter,
    sendAbortedErrors: counter,
    sendCarrierErrors: counter,
    sendFifoErrors: counter,
    sendHeartbeatErrors: counter,
    sendWindowErrors: counter,
    receiveCompressed: counter,
    sendCompressed: counter,
    receiveNoHandler: counter,
  } as const;
}

/** struct rtnl_link_stats: 96 bytes; its counters wrap. */
export const linkStatistics = struct('rtnl_link_stats', 96, counters(u32));

/** struct rtnl_link_stats64: 200 bytes, 192 before Linux 5.19. */
export const linkStatistics64 = struct('rtnl_link_stats64', 200, {
  ...counters(u64),
  receiveOtherHostDropped: u64,
});

/** struct rtnl_link_ifmap: 32 bytes. What a driver maps where; zeros on anything modern. */
export const linkMap = struct('rtnl_link_ifmap', 32, {
  memoryStart: u64,
  memoryEnd: u64,
  baseAddress: u64,
  interrupt: u16,
  dma: u8,
  port: u8,
  pad: padding(4),
});
