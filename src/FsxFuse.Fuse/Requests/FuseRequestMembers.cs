namespace FsxFuse.Fuse;

/// <summary>The members all typed requests share: who asks, about which inode, whether still, and the refusal.</summary>
public static class FuseRequestMembers
{
    extension<TRequest>(TRequest request)
        where TRequest : struct, IFuseRequest
    {
        /// <summary>Node id of the inode (of the parent directory, for requests by name).</summary>
        public ulong NodeId => request.Pending.Checked().NodeId;

        /// <summary>File system user id of the caller, in the mount's user namespace.</summary>
        public uint Uid => request.Pending.Checked().Uid;

        /// <summary>File system group id of the caller.</summary>
        public uint Gid => request.Pending.Checked().Gid;

        /// <summary>Thread id of the caller in the daemon's pid namespace; 0 for the kernel itself or an unseen process.</summary>
        public uint Pid => request.Pending.Checked().Pid;

        /// <summary>The kernel's number of this request. Never reused within a connection.</summary>
        public ulong Unique => request.Pending.Checked().Unique;

        /// <summary>The request was delivered before, to a daemon that died (bit 63 of its number): it may already have been executed.</summary>
        public bool IsResend => (long)request.Pending.Checked().Unique < 0;

        /// <summary>
        /// The caller is being killed, the connection has ended, or (<see cref="SetLkRequest"/> that waits) the caller was signalled. An
        /// answer of EINTR is in order; a normal one is allowed.
        /// </summary>
        public bool Interrupted => request.Pending.Checked().IsInterrupted(request.Pending.Ticket);

        /// <summary>Cancelled when <c>Interrupted</c> becomes true. Allocated when first asked for.</summary>
        public CancellationToken InterruptToken => request.Pending.Checked().GetInterruptToken(request.Pending.Ticket);

        /// <summary>Refuses the request.</summary>
        /// <param name="error">Any number but <see cref="Errno.None"/>.</param>
        /// <returns>False if the kernel no longer wants the reply.</returns>
        public bool Fail(Errno error) => request.Pending.Buffer.ReplyError(request.Pending.Ticket, error);
    }
}
