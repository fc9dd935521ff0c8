using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>SETATTR: chmod, chown, truncate and utimens, combined. The reply gives all attributes as they are then.</summary>
public readonly struct SetAttrRequest : IFuseRequest
{
    internal SetAttrRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>Which of the following to set.</summary>
    public SetAttrMask Valid => Arguments.Valid;

    /// <summary>The request comes by an open handle (ftruncate, futimens).</summary>
    public bool HasHandle => (Arguments.Valid & SetAttrMask.Handle) != 0;

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>New size, bytes.</summary>
    public ulong Size => Arguments.Size;

    /// <summary>Opaque id of the lock owner (the caller's file table), constant for a process.</summary>
    public ulong LockOwner => Arguments.LockOwner;

    /// <summary>New mode, file type bits included.</summary>
    public uint Mode => Arguments.Mode;

    /// <summary>New owner (the caller is <c>Pending.Uid</c>).</summary>
    public uint Uid => Arguments.Uid;

    /// <summary>New group (the caller's is <c>Pending.Gid</c>).</summary>
    public uint Gid => Arguments.Gid;

    /// <summary>New access time, seconds since 1970.</summary>
    public long ATime => Arguments.ATime;

    /// <summary>Its nanoseconds.</summary>
    public uint ATimeNsec => Arguments.ATimeNsec;

    /// <summary>New modification time, seconds since 1970.</summary>
    public long MTime => Arguments.MTime;

    /// <summary>Its nanoseconds.</summary>
    public uint MTimeNsec => Arguments.MTimeNsec;

    /// <summary>New change time, seconds since 1970.</summary>
    public long CTime => Arguments.CTime;

    /// <summary>Its nanoseconds.</summary>
    public uint CTimeNsec => Arguments.CTimeNsec;

    private ref readonly SetAttrIn Arguments => ref Pending.Checked().Arguments<SetAttrIn>();

    /// <summary>The attributes.</summary>
    /// <param name="attributes">Attributes and how long to cache them.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply(in AttrReply attributes) => Pending.Buffer.ReplyStruct(Pending.Ticket, in attributes);
}
