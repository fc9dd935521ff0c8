namespace FsxFuse.Posix.Cases.Calls;

/// <summary>
/// The credentials of one thread. libc's own wrappers change every thread of the process; the bare system calls change
/// the calling thread alone.
/// </summary>
internal static unsafe class Identity
{
    /// <summary>Becomes another user for good or, as root, until <see cref="Restore"/>: the saved user id stays 0.</summary>
    internal static void Become(uint uid, uint gid, ReadOnlySpan<uint> groups, bool forGood = false)
    {
        fixed (uint* p = groups)
            Outcome.Of("setgroups", Libc.syscall(SYS_setgroups, groups.Length, (nint)p, 0, 0, 0)).Ok();
        Outcome.Of("setresgid", Libc.syscall(SYS_setresgid, (nint)gid, (nint)gid, forGood ? (nint)gid : -1, 0, 0)).Ok();
        Outcome.Of("setresuid", Libc.syscall(SYS_setresuid, (nint)uid, (nint)uid, forGood ? (nint)uid : -1, 0, 0)).Ok();
    }

    /// <summary>Back to root, alone in its group.</summary>
    internal static void Restore()
    {
        Outcome.Of("setresuid", Libc.syscall(SYS_setresuid, 0, 0, 0, 0, 0)).Ok();
        Outcome.Of("setresgid", Libc.syscall(SYS_setresgid, 0, 0, 0, 0, 0)).Ok();
        uint root = 0;
        Outcome.Of("setgroups", Libc.syscall(SYS_setgroups, 1, (nint)(&root), 0, 0, 0)).Ok();
    }
}
