/** The part of docs/conformance.md that no table can tell. */

export const decisions = `
## How some rules are kept

**A burst counts as one change (RFC 2453 §3.10.1).** The RFC wants a change announced almost immediately (§3.4.4), and after each triggered
update a random pause of 1 to 5 s; what changes in it goes out together at its end. Its aim is to limit how many triggered updates there
are. It does not want the first packet of a burst answered alone: a router that does so announces 25 routes and holds back the other
9,975 for seconds. So Ripstop waits for some milliseconds *before* a triggered update, too, but only where more is to be expected:

- A lone change is announced at once, since its delay would be paid again at every hop.
- After a neighbor's full packet (25 routes, of RIPng as many as the MTU allows) changes wait until none of its packets has come for 10 ms, or
  one that is not full. A lone change that comes from another neighbor meanwhile waits with them.
- After a change of what is redistributed, of which the kernel tells one by one, they wait until there was none for 10 ms.
- After the start of an interface they wait 200 ms, for what the neighbors there have to tell.
- No burst holds a change back longer than 500 ms.

Then everything goes out as one triggered update on every network, and the pause begins after it. It is never cut short. So there are never more
triggered updates than the rule allows, mostly fewer, and a regular update that is due first takes the changes with it, as the rule says.

**All offers are kept (§3.9.2).** The RFC describes a router that keeps one route for each destination. Ripstop keeps what every neighbor
offers. Equal routes are used together, up to \`maximum-paths\`. When the best is lost, the next best takes its place in the same step,
and no deletion begins. What the rules say of "the route" holds for each neighbor's offer: only its own router refreshes it, changes
its metric or withdraws it. The heuristic of the half timeout matters where there are more equal routes than \`maximum-paths\`: one
that was just refreshed takes the place of one that has been silent for half of its timeout.

**RIPv1 is told networks, not subnets (§3.7, §4.3).** On an interface where RIPv1 may listen (\`send-version\` 1 or 1-compatible), a route
of the interface's own classful network is announced if it has the interface's mask or is a host. All routes into another classful network
become one entry for this network, with the best of their metrics. It is 16 only if all of them are. This happens after split horizon, so
a network is not announced where all of it was learned. Routes shorter than their class are left out; the default route is not.

**Draining (RFC 1812 §F.2.3)** sends four updates with metric 15, as the RFC says. Then it announces 16, because a neighbor may add
no cost of its own to what it hears. Most add 1, and for them 15 is a withdrawal already.

**RIPv1 and authentication (§5.2).** Where authentication is configured, the RFC accepts RIPv1 at first, and then advises to ignore it. Ripstop
ignores it, requests too.

**Sequence numbers (RFC 4822 §2.2, §2.3.2).** They are the seconds of a clock that never goes back: not when the wall clock jumps, and not over
restarts, because the greatest one is remembered in \`state-directory\`. A router that remembers none and does not know the year begins with 0. When
the routes of a neighbor are gone, 0, a higher number, or that of a counter which has begun anew is accepted: a router that has restarted may
count from 0 or 1, and its very first packet may be gone. An earlier time is refused then, too. An equal number is accepted, but from a
neighbor that counts on only for ten seconds: otherwise its last packet, sent again and again, would keep its routes alive when it has died.

**Requests (§3.9.1).** The RFC confines the source of responses only. Ripstop answers nobody from off the subnets of the interface
either (\`validate-source: false\` allows it): an answer to a forged address would hit somebody else. Whole tables are sent to
askers at a limited rate.

**A router that speaks RIPng is known by one link-local address (RFC 2080 §2.5.2).** It is the first of an interface, and remains while
the interface has it. Neighbors take another one for another router: it introduces itself at once, with a request and a whole update. An interface without a
link-local address is silent, and deaf; its subnets are announced on the others.

**How long RIPng's packets are (§2.1).** As the MTU allows, but not above 1500 bytes on links that carry more: \`ripngd\` of FRR drops what is longer, and
a table with it. Longer ones are read (BIRD sends them).

**RIPng knows its own packets by their addresses and their bytes (§2.4.2).** What comes from a link-local address of the interface itself is our
own. One that we have on another interface may be a neighbor's here, so then the bytes decide: they are our own if we have just sent the same.

**RIPng announces the subnets of a link on the link, too (§2.6).** Its routers are neighbors by their link-local addresses and may have no
address in these subnets. Nothing of that was learned from them, so split horizon does not forbid it.

**Requests of RIPng (§2.4.1, §2.5.2).** From another port than 521 everybody is answered, also from behind routers, from a global address: of the
interface, else of another one. Who asks from port 521 is a router of the link, and has to have a link-local address.
`;
