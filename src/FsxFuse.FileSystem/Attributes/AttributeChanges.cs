using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>chmod, chown, utimensat and truncate, as one SETATTR may combine them. The kernel has checked who may.</summary>
internal sealed class AttributeChanges(Volume volume, ExportNotes exports, AccessControlLists acls, FileContents contents)
{
    /// <summary>What one SETATTR asks for, and who: <paramref name="Caller"/> is his user id.</summary>
    public readonly record struct Wanted(SetAttrMask Valid, uint Mode, uint Uid, uint Gid, long Size, long AtimeNs, long MtimeNs, OpenFile? Handle, uint Caller = 0);

    private const SetAttrMask Ownership = SetAttrMask.Uid | SetAttrMask.Gid;
    private const SetAttrMask Times = SetAttrMask.ATime | SetAttrMask.MTime | SetAttrMask.ATimeNow | SetAttrMask.MTimeNow;

    public async ValueTask<Errno> ChangeAsync(Node node, Wanted wanted, CancellationToken cancel)
    {
        if ((wanted.Valid & SetAttrMask.Size) != 0)
        {
            if (node.Row.IsDirectory)
            {
                return Errno.EISDIR;
            }

            if (!node.Row.IsRegular || wanted.Size < 0)
            {
                return Errno.EINVAL;
            }

            await contents.TruncateAsync(node, wanted.Size, (wanted.Valid & SetAttrMask.KillSuidGid) != 0, cancel).ConfigureAwait(false);
        }

        SetAttrMask rest = wanted.Valid & (SetAttrMask.Mode | Ownership | Times | (wanted.Valid & SetAttrMask.Size) switch
        {
            SetAttrMask.None => SetAttrMask.KillSuidGid,
            _ => SetAttrMask.None,
        });
        if ((rest & (SetAttrMask.Mode | Ownership | Times)) == 0)
        {
            if ((wanted.Valid & SetAttrMask.Size) != 0)
            {
                return Errno.None;
            }

            // What is left of chown(2) with neither owner nor group: the kernel sends it for the change of ctime and of the privileged bits, and
            // has not checked whose these are. Others may not take them away; it would be EPERM, but fallocate(2) by others sends the same first.
            if (wanted.Caller == 0 || wanted.Caller == node.Row.Uid)
            {
                wanted = wanted with { Uid = node.Row.Uid, Gid = node.Row.Gid };
                rest |= Ownership;
            }
        }

        await node.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await ApplyAsync(node, wanted with { Valid = rest }).ConfigureAwait(false);
        }
        finally
        {
            node.Gate.Release();
        }
    }

    private async ValueTask<Errno> ApplyAsync(Node node, Wanted wanted)
    {
        long now = volume.NowNs;
        bool exported = (wanted.Valid & (SetAttrMask.Mode | Ownership)) != 0;
        bool hadCapability = (wanted.Valid & Ownership) != 0 && volume.HasXattrs
            && await volume.Store.GetXattrAsync(node.Id, ExtendedAttributes.CapabilityName).ConfigureAwait(false) is not null;
        XattrRow? acl = (wanted.Valid & SetAttrMask.Mode) != 0 ? await acls.AfterChmodAsync(node, wanted.Mode).ConfigureAwait(false) : null;
        Errno error = await volume.ChangeAsync(
            node,
            (wanted, now),
            static (row, state) => Changed(row, state.wanted, state.now),
            (batch, _) =>
            {
                if (hadCapability)
                {
                    batch.Add(new RowWrite.DeleteXattr(node.Id, ExtendedAttributes.CapabilityName));
                }

                if (acl is not null)
                {
                    batch.Add(new RowWrite.PutXattr(acl));
                }

                if (exported)
                {
                    // A change of times alone starts no export; it goes with the next one.
                    exports.Inode(batch, node.Id);
                }
            }).ConfigureAwait(false);
        if (error != Errno.None)
        {
            return error;
        }

        InodeRow row = node.Row;
        if ((wanted.Valid & Times) != 0)
        {
            node.ForgetAccess();
        }

        if (node.IsLive)
        {
            // What was folded into the row is also what the file must show from here on, and what a recovery would find.
            bool mtime = (wanted.Valid & (SetAttrMask.MTime | SetAttrMask.MTimeNow)) != 0;
            node.SetLiveTimes(mtime ? row.MtimeNs : null, row.CtimeNs);
            if (mtime)
            {
                node.Content?.SetMtime(row.MtimeNs);
            }
        }

        return Errno.None;
    }

    private static InodeRow Changed(InodeRow row, Wanted wanted, long now)
    {
        SetAttrMask valid = wanted.Valid;
        uint mode = (valid & SetAttrMask.Mode) != 0 ? (row.Mode & ~ModeBits.Permissions) | (wanted.Mode & ModeBits.Permissions) : row.Mode;
        if ((valid & Ownership) != 0 && !row.IsDirectory && (valid & SetAttrMask.Mode) == 0)
        {
            mode = ModeBits.WithoutPrivileges(mode);
        }

        return row with
        {
            Mode = mode,
            Uid = (valid & SetAttrMask.Uid) != 0 ? wanted.Uid : row.Uid,
            Gid = (valid & SetAttrMask.Gid) != 0 ? wanted.Gid : row.Gid,
            AtimeNs = (valid & SetAttrMask.ATimeNow) != 0 ? now : (valid & SetAttrMask.ATime) != 0 ? wanted.AtimeNs : row.AtimeNs,
            MtimeNs = (valid & SetAttrMask.MTimeNow) != 0 ? now : (valid & SetAttrMask.MTime) != 0 ? wanted.MtimeNs : row.MtimeNs,
            CtimeNs = now,
        };
    }
}
