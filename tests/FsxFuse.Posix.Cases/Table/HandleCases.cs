using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>File handles: name_to_handle_at(2) and open_by_handle_at(2), which file servers live on.</summary>
internal static class HandleCases
{
    internal static void Add(CaseList t)
    {
        AddNames(t);
        AddLife(t);
    }

    private static void AddNames(CaseList t)
    {
        FileKind.ForEach(t, "is_given_for", (_, kind) =>
        {
            kind.Make("a");
            Equal(Handle("a"), Handle("a"));
        });
        t.Both("needs_room", _ =>
        {
            File("a");
            TryHandle("a", out var _, out int needed, room: 0).Fails(EOVERFLOW);
            TryHandle("a", out var _, out int _, room: needed).Ok();
            TryHandle("none", out var _, out int _).Fails(ENOENT);
        });
        t.Both("differs_between_files_and_not_between_names", _ =>
        {
            File("a");
            File("b");
            Link("a", "c").Ok();
            NotEqual(Handle("a"), Handle("b"));
            Equal(Handle("a"), Handle("c"));
            var handle = Handle("a");
            Mkdir("d").Ok();
            Rename("a", "d/e").Ok();
            Equal(handle, Handle("d/e"));
        });
        t.User("opening_by_one_is_a_privilege", c => OpenHandle(c.Fd(".", O_RDONLY | O_DIRECTORY), Handle(File("a")), O_RDONLY).Fails(EPERM));
        t.Root("opens_the_file_under_whatever_name", c =>
        {
            var handle = Handle(File("a", "content"));
            Equal("content", Text(Opened(c, handle, O_RDONLY)));
            Mkdir("d").Ok();
            Rename("a", "d/b").Ok();
            int fd = Opened(c, handle, O_RDWR);
            Pwrite(fd, "C"u8, 0).Is(1);
            Equal("Content", Text("d/b"));
            Equal(Stat("d/b").Inode, Fstat(fd).Inode);
        });
        t.Root("opens_with_O_TRUNC_and_O_APPEND", c =>
        {
            var handle = Handle(File("a", "content"));
            Write(Opened(c, handle, O_WRONLY | O_APPEND), "s"u8).Is(1);
            Equal("contents", Text("a"));
            c.Shut(Opened(c, handle, O_WRONLY | O_TRUNC));
            Equal(0L, Stat("a").Length);
        });
        t.Root("of_a_symlink_opens_as_a_path_alone", c =>
        {
            Symlink("target", "l").Ok();
            var handle = Handle("l");
            OpenHandle(Mount(c), handle, O_RDONLY).Fails(ELOOP);
            Equal(S_IFLNK, Fstat(Opened(c, handle, O_PATH)).Type);
        });
        t.Root("of_a_directory_lists_and_leads_up", c =>
        {
            Dirs(755, "d", "d/e");
            File("d/e/a");
            int fd = Opened(c, Handle("d/e"), O_RDONLY | O_DIRECTORY);
            Equal(". .. a", string.Join(' ', ReadAll(fd).Select(e => e.Name).Order(StringComparer.Ordinal)));
            TryStat("..", out var above, dir: fd).Ok();
            Equal(Stat("d").Inode, above.Inode);
            Close((int)OpenAt(fd, "b", O_CREAT | O_WRONLY).Ok()).Ok();
            Equal("a b", Names("d/e"));
        });
    }

    private static void AddLife(CaseList t)
    {
        t.Root("outlives_the_kernels_memory", c =>
        {
            Dirs(755, "d", "d/e", "d/e/f");
            File("d/e/f/a", "content");
            var file = Handle("d/e/f/a");
            var directory = Handle("d/e/f");
            ulong above = Stat("d/e").Inode;
            DropCaches();
            Equal("content", Text(Opened(c, file, O_RDONLY)));
            DropCaches();
            int fd = Opened(c, directory, O_RDONLY | O_DIRECTORY);
            TryStat("..", out var parent, dir: fd).Ok();
            Equal(above, parent.Inode);
            Equal($"{c.Directory}/d/e/f", System.IO.File.ResolveLinkTarget($"/proc/thread-self/fd/{fd}", false)!.FullName);
            Equal((file, directory), (Handle("d/e/f/a"), Handle("d/e/f")));
        });
        t.Root("of_a_file_made_where_nobody_looks_anew", c =>
        {
            Dirs(755, "d");
            File("d/a", "one");
            var handle = Handle("d/a");
            DropCaches();
            int fd = Opened(c, handle, O_RDWR);
            Write(fd, "two"u8).Is(3);
            Equal("two", Text("d/a"));
            Unlink("d/a").Ok();
            Equal("two", Text(fd));
        });
        FileKind.ForEach(t, "keeps_its_type_for", (c, kind) =>
        {
            if (!c.IsRoot)
                Skip("opening by handle is root's");
            kind.Make("a");
            var handle = Handle("a");
            DropCaches();
            Equal(kind.Type, Fstat(Opened(c, handle, O_PATH)).Type);
        });
        t.Root("of_a_deleted_file_is_ESTALE", c =>
        {
            var handle = Handle(File("a", "x"));
            Unlink("a").Ok();
            OpenHandle(Mount(c), handle, O_RDONLY).Fails(ESTALE);
            File("a", "y");
            OpenHandle(Mount(c), handle, O_RDONLY).Fails(ESTALE);
            NotEqual(handle, Handle("a"));
        });
        t.Root("of_a_deleted_directory_is_ESTALE", c =>
        {
            Mkdir("d").Ok();
            var handle = Handle("d");
            Rmdir("d").Ok();
            OpenHandle(Mount(c), handle, O_RDONLY).Fails(ESTALE);
        });
        t.Root("of_a_replaced_file_is_ESTALE", c =>
        {
            var old = Handle(File("a", "old"));
            var replacement = Handle(File("b", "new"));
            Rename("b", "a").Ok();
            OpenHandle(Mount(c), old, O_RDONLY).Fails(ESTALE);
            Equal("new", Text(Opened(c, replacement, O_RDONLY)));
        });
        t.Root("of_a_deleted_file_works_while_it_is_open", c =>
        {
            int open = c.Fd(File("a", "x"), O_RDWR);
            var handle = Handle("a");
            Unlink("a").Ok();
            int again = Opened(c, handle, O_RDWR);
            c.Shut(open);
            Equal("x", Text(again));
            c.Shut(again);
            OpenHandle(Mount(c), handle, O_RDONLY).Fails(ESTALE);
        });
        t.Root("that_was_never_given_is_ESTALE", c =>
        {
            // Word 0 is (half of) the number of the inode; the last is its generation on ext4 and on FUSE alike.
            var handle = Handle(File("a"));
            OpenHandle(Mount(c), handle.WithWordInverted(0), O_RDONLY).Fails(ESTALE);
            OpenHandle(Mount(c), handle.WithWordInverted((handle.Bytes.Length / 8) - 1), O_RDONLY).Fails(ESTALE);
        });
    }

    private static int Mount(PosixContext c) => c.Fd(".", O_RDONLY | O_DIRECTORY);

    private static int Opened(PosixContext c, FileHandle handle, int flags)
    {
        int mount = Mount(c);
        int fd = (int)OpenHandle(mount, handle, flags).Ok();
        c.Shut(mount);
        return c.Keep(fd);
    }

    /// <summary>Makes the kernel forget every name and inode that nobody uses.</summary>
    private static void DropCaches() => System.IO.File.WriteAllText("/proc/sys/vm/drop_caches", "2");
}
