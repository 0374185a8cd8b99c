import { describe, expect, it } from 'vitest';
import { judgePrivilege, type PrivilegeFacts } from '../src/privilege.ts';

/** An ordinary user on a machine that refuses without saying why. */
const refused: PrivilegeFacts = {
  root: false,
  capable: false,
  directError: 'unshare failed: Operation not permitted',
  userNamespaceError: 'unshare failed: Operation not permitted',
  container: false,
  restrictedByAppArmor: false,
  userNamespacesMax: 10_000,
  userNamespacesAllowed: true,
};

describe('judgePrivilege', () => {
  it('goes directly where the capabilities are there and the trial succeeds', () => {
    const facts = { ...refused, root: true, capable: true, directError: undefined };
    expect(judgePrivilege(facts)).toEqual({ way: 'directly' });
  });

  it('goes through a user namespace where only that succeeds', () => {
    const allowed = { ...refused, userNamespaceError: undefined };
    expect(judgePrivilege(allowed)).toEqual({ way: 'user-namespace' });
    // Without the capabilities the trial of `unshare` alone proves nothing.
    expect(judgePrivilege({ ...allowed, directError: undefined })).toEqual({ way: 'user-namespace' });
  });

  it.each([
    [{ restrictedByAppArmor: true }, 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'],
    [{ userNamespacesMax: 0 }, 'sudo sysctl -w user.max_user_namespaces=10000'],
    [{ userNamespacesAllowed: false }, 'sudo sysctl -w kernel.unprivileged_userns_clone=1'],
    [{ container: true, root: true }, '--privileged'],
    [{ container: true }, '--cap-add SYS_ADMIN --cap-add NET_ADMIN'],
    [{ root: true }, 'CAP_NET_ADMIN and CAP_SYS_ADMIN'],
    [{}, 'run it with sudo'],
    [{ userNamespaceError: 'sh: 1: ip: not found' }, 'sudo apt-get install iproute2'],
    [{ userNamespaceError: 'spawnSync unshare ENOENT' }, 'sudo apt-get install util-linux'],
  ] as const)('says what to do where %j', (facts: Partial<PrivilegeFacts>, remedy) => {
    const verdict = judgePrivilege({ ...refused, ...facts });
    if (verdict.way !== 'refused') throw new Error('It should be refused');
    expect(verdict.remedies.join('\n')).toContain(remedy);
    expect(verdict.reason).toContain(facts.userNamespaceError ?? refused.userNamespaceError);
  });
});
