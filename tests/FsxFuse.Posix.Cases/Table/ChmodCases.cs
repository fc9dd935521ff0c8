using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>chmod(2), fchmod(2).</summary>
internal static class ChmodCases
{
    internal static void Add(CaseList t)
    {
        FileKind.ForEach(t, "sets_bits_of", (_, kind) =>
        {
            kind.Make("a");
            foreach (int mode in new[] { 0, 111, 222, 444, 711, 777, 644 })
            {
                Chmod("a", mode).Ok();
                Equal(mode, Stat("a").Mode);
                Equal(kind.Type, Stat("a").Type);
            }
        }, FileKind.Link);
        FileKind.ForEach(t, "moves_ctime_not_mtime_of", (_, kind) =>
        {
            kind.Make("a");
            KeepsMtime("a", () => ChangesCtime("a", () => Chmod("a", 600).Ok()));
        }, FileKind.Link);
        t.Both("follows_a_symlink", _ =>
        {
            File("a");
            Symlink("a", "l").Ok();
            Chmod("l", 600).Ok();
            Equal(600, Stat("a").Mode);
            Equal(777, Lstat("l").Mode);
        });
        t.Both("shows_through_every_hard_link", _ =>
        {
            File("a");
            Link("a", "b").Ok();
            Chmod("b", 4751).Ok();
            Equal(4751, Stat("a").Mode);
        });
        t.Both("fchmod_sets_bits", c =>
        {
            int fd = c.Fd("a");
            ChangesCtime("a", () => Fchmod(fd, 604).Ok());
            Equal(604, Stat("a").Mode);
            Equal(604, Fstat(fd).Mode);
        });
        t.Both("fchmod_works_on_an_unlinked_file", c =>
        {
            int fd = c.Fd("a");
            Unlink("a").Ok();
            Fchmod(fd, 611).Ok();
            Equal(611, Fstat(fd).Mode);
        });
        t.Both("fchmod_of_O_PATH_is_EBADF", c => Fchmod(c.Fd(File("a"), O_PATH), 600).Fails(EBADF));
        t.Both("keeps_suid_sgid_and_sticky_for_the_owner", _ =>
        {
            File("a");
            foreach (int mode in new[] { 4755, 2755, 1755, 7777, 755 })
            {
                Chmod("a", mode).Ok();
                Equal(mode, Stat("a").Mode);
            }
        });
        t.Both("does_not_disturb_an_open_descriptor", c =>
        {
            int fd = c.Fd("a");
            Chmod("a", 0).Ok();
            Write(fd, "still"u8).Is(5);
            Equal("still", Text(fd));
        });
        t.Root("by_another_user_is_EPERM", c =>
        {
            File("a");
            c.As(Alice, () => Chmod("a", 777).Fails(EPERM));
            Equal(644, Stat("a").Mode);
        });
        t.Root("by_a_group_member_who_is_not_the_owner_is_EPERM", c =>
        {
            File("a", "", 664);
            Chown("a", Bob, Staff).Ok();
            c.AsUser(Alice, Alice, [Staff], () => Chmod("a", 660).Fails(EPERM));
        });
        t.Root("of_another_users_directory_is_EPERM", c =>
        {
            Mkdir("d").Ok();
            c.As(Alice, () => Chmod("d", 777).Fails(EPERM));
        });
        t.Root("drops_sgid_if_the_owner_is_not_in_the_group", c =>
        {
            File("a");
            Chown("a", Alice, Staff).Ok();
            c.As(Alice, () => Chmod("a", 2755).Ok());
            Equal(755, Stat("a").Mode);
        });
        t.Root("keeps_sgid_if_the_group_is_supplementary", c =>
        {
            File("a");
            Chown("a", Alice, Staff).Ok();
            c.AsUser(Alice, Alice, [Bob, Staff], () => Chmod("a", 2755).Ok());
            Equal(2755, Stat("a").Mode);
        });
        t.Root("drops_sgid_of_a_directory_if_the_owner_is_not_in_the_group", c =>
        {
            Mkdir("d").Ok();
            Chown("d", Alice, Staff).Ok();
            c.As(Alice, () => Chmod("d", 2755).Ok());
            Equal(755, Stat("d").Mode);
        });
        t.Root("by_root_keeps_sgid_of_a_foreign_group", _ =>
        {
            File("a");
            Chown("a", Alice, Staff).Ok();
            Chmod("a", 2755).Ok();
            Equal(2755, Stat("a").Mode);
        });
        t.Root("sticky_on_a_users_file_is_kept", c =>
        {
            File("a");
            Chown("a", Alice, Alice).Ok();
            c.As(Alice, () => Chmod("a", 1644).Ok());
            Equal(1644, Stat("a").Mode);
        });
        t.Root("of_root_refused_leaves_ctime", c =>
        {
            File("a");
            KeepsTimes("a", () => c.As(Alice, () => Chmod("a", 777).Fails(EPERM)));
        });
        t.User("takes_effect_on_the_next_open", _ =>
        {
            File("a", "x");
            Chmod("a", 0).Ok();
            Open("a", O_RDONLY).Fails(EACCES);
            Open("a", O_WRONLY).Fails(EACCES);
            Chmod("a", 400).Ok();
            Equal("x", Text("a"));
            Open("a", O_WRONLY).Fails(EACCES);
        });
        t.User("takes_effect_on_the_next_lookup", _ =>
        {
            Mkdir("d").Ok();
            File("d/a");
            Equal(S_IFREG, Stat("d/a").Type);
            Chmod("d", 600).Ok();
            TryStat("d/a", out var _).Fails(EACCES);
            Chmod("d", 700).Ok();
            Equal(S_IFREG, Stat("d/a").Type);
        });
    }
}
