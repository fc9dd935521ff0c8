using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>
/// What path resolution answers, path_resolution(7), through every call that takes a path: the same dozen rules, since each
/// call reaches the file system by an operation of its own.
/// </summary>
internal static class PathErrorCases
{
    private sealed record PathCall(string Word, Func<string, Outcome> Call, bool Makes = false, bool Follows = true);

    private static readonly PathCall[] s_calls =
    [
        new("open", p => Open(p, O_RDONLY)),
        new("creat", p => Open(p, O_WRONLY | O_CREAT | O_TRUNC), Makes: true),
        new("mkdir", p => Mkdir(p), Makes: true, Follows: false),
        new("rmdir", Rmdir, Follows: false),
        new("unlink", Unlink, Follows: false),
        new("chmod", p => Chmod(p, 644)),
        new("chown", p => Chown(p, -1, -1)),
        new("lchown", p => Lchown(p, -1, -1), Follows: false),
        new("truncate", p => Truncate(p, 0)),
        new("utimensat", Touch),
        new("link_from", p => Link(p, "new"), Follows: false),
        new("link_to", p => Link("here", p), Makes: true, Follows: false),
        new("rename_from", p => Rename(p, "new"), Follows: false),
        new("rename_to", p => Rename("here", p), Makes: true, Follows: false),
        new("symlink", p => Symlink("t", p), Makes: true, Follows: false),
        new("readlink", p => Readlink(p, out string _), Follows: false),
        new("mkfifo", p => Mkfifo(p), Makes: true, Follows: false),
        new("mknod", p => Mknod(p, S_IFREG), Makes: true, Follows: false),
        new("stat", p => TryStat(p, out var _)),
        new("lstat", p => TryStat(p, out var _, AT_SYMLINK_NOFOLLOW), Follows: false),
        new("access", p => AccessOf(p, F_OK)),
        new("statfs", p => TryStatfs(p, out var _)),
        new("chdir", Chdir),
        new("setxattr", p => Setxattr(p, "user.a", "v")),
        new("getxattr", p => Getxattr(p, "user.a", [])),
        new("listxattr", p => Listxattr(p, [])),
        new("removexattr", p => Removexattr(p, "user.a")),
    ];

    internal static void Add(CaseList t)
    {
        foreach (var (word, call, makes, follows) in s_calls)
        {
            t.Both($"{word}_below_a_file_is_ENOTDIR", _ =>
            {
                File("here");
                call("here/x").Fails(ENOTDIR);
                call("here/x/y").Fails(ENOTDIR);
            });
            t.Both($"{word}_of_a_component_of_256_bytes_is_ENAMETOOLONG", _ =>
            {
                File("here");
                call(new string('x', NAME_MAX + 1)).Fails(ENAMETOOLONG);
                call(new string('x', NAME_MAX + 1) + "/a").Fails(ENAMETOOLONG);
            });
            t.Both($"{word}_of_a_path_of_4096_bytes_is_ENAMETOOLONG", _ =>
            {
                File("here");
                call(string.Concat(Enumerable.Repeat("./", PATH_MAX / 2))).Fails(ENAMETOOLONG);
            });
            t.Both($"{word}_below_a_missing_directory_is_ENOENT", _ =>
            {
                File("here");
                call("none/x").Fails(ENOENT);
            });
            if (!makes)
                t.Both($"{word}_of_a_missing_name_is_ENOENT", _ => call("none").Fails(ENOENT));
            t.Both($"{word}_through_a_symlink_loop_is_ELOOP", _ =>
            {
                File("here");
                Symlink("l2", "l1").Ok();
                Symlink("l1", "l2").Ok();
                call("l1/x").Fails(ELOOP);
                if (follows)
                    call("l1").Fails(ELOOP);
            });
            t.Both($"{word}_below_a_dangling_symlink_is_ENOENT", _ =>
            {
                File("here");
                Symlink("none", "l").Ok();
                call("l/x").Fails(ENOENT);
            });
            t.User($"{word}_below_a_directory_without_search_is_EACCES", _ =>
            {
                File("here");
                Mkdir("d").Ok();
                File("d/x");
                Chmod("d", 600).Ok();
                call("d/x").Fails(EACCES);
                call("d/none").Fails(EACCES);
                Chmod("d", 700).Ok();
            });
            t.Both($"{word}_of_an_empty_path_is_ENOENT", _ =>
            {
                File("here");
                call("").Fails(ENOENT);
            });
        }
        foreach (var (word, call) in new (string, Func<string, Outcome>)[]
        {
            ("creat", p => Open(p, O_WRONLY | O_CREAT)), ("mkdir", p => Mkdir(p)), ("symlink", p => Symlink("t", p)), ("mkfifo", p => Mkfifo(p)),
            ("mknod", p => Mknod(p, S_IFREG)), ("link", p => Link("here", p)), ("rename", p => Rename("here", p)), ("unlink", Unlink), ("rmdir", Rmdir),
        })
        {
            t.User($"{word}_in_a_directory_without_write_is_EACCES", _ =>
            {
                File("here");
                Mkdir("d").Ok();
                if (word == "rmdir")
                    Mkdir("d/x").Ok();
                else if (word == "unlink")
                    File("d/x");
                Chmod("d", 555).Ok();
                call("d/x").Fails(EACCES);
                Chmod("d", 755).Ok();
            });
            t.User($"{word}_needs_write_and_search_alone", _ =>
            {
                File("here");
                Mkdir("d").Ok();
                if (word == "rmdir")
                    Mkdir("d/x").Ok();
                else if (word == "unlink")
                    File("d/x");
                Chmod("d", 300).Ok();
                call("d/x").Ok();
                Chmod("d", 755).Ok();
            });
        }
        t.Both("forty_symlinks_resolve_and_forty_one_are_ELOOP", _ =>
        {
            File("l0", "end");
            for (int i = 1; i <= 41; i++)
                Symlink($"l{i - 1}", $"l{i}").Ok();
            Equal("end", Text("l40"));
            Open("l41", O_RDONLY).Fails(ELOOP);
        });
        t.Both("a_path_of_4095_bytes_resolves", _ =>
        {
            File("a", "x");
            string path = string.Concat(Enumerable.Repeat("./", (PATH_MAX - 2) / 2)) + "a";
            Equal(PATH_MAX - 1, path.Length);
            Equal("x", Text(path));
        });
        t.Both("a_tree_deeper_than_PATH_MAX_works_by_relative_paths", _ =>
        {
            string name = new('d', 250);
            for (int i = 0; i < 18; i++)
            {
                Mkdir(name).Ok();
                Chdir(name).Ok();
            }
            File("leaf", "deep");
            Equal("deep", Text("leaf"));
            Equal("leaf", Names("."));
        });
        t.Both("dot_and_dot_dot_resolve", _ =>
        {
            Mkdir("d").Ok();
            Mkdir("d/e").Ok();
            Equal(Stat("d").Inode, Stat("d/.").Inode);
            Equal(Stat("d").Inode, Stat("d/e/..").Inode);
            Equal(Stat(".").Inode, Stat("d/e/../..").Inode);
        });
        t.Both("repeated_and_trailing_slashes_are_one", _ =>
        {
            Mkdir("d").Ok();
            File("d/a");
            Equal(Stat("d/a").Inode, Stat("d////a").Inode);
            Equal(Stat("d").Inode, Lstat("d///").Inode);
            TryStat("d/a/", out var _).Fails(ENOTDIR);
        });
        t.Both("a_trailing_slash_follows_a_symlink", _ =>
        {
            Mkdir("d").Ok();
            Symlink("d", "l").Ok();
            Equal(S_IFLNK, Lstat("l").Type);
            Equal(S_IFDIR, Lstat("l/").Type);
        });
        t.Both("dot_dot_after_rename_is_the_new_parent", _ =>
        {
            Dirs(755, "a", "b", "a/d");
            Equal(Stat("a").Inode, Stat("a/d/..").Inode);
            Rename("a/d", "b/d").Ok();
            Equal(Stat("b").Inode, Stat("b/d/..").Inode);
        });
        t.Both("the_working_directory_follows_its_rename", _ =>
        {
            Dirs(755, "a", "b", "a/d");
            Chdir("a/d").Ok();
            Rename("../../a/d", "../../b/e").Ok();
            File("x");
            Chdir("../..").Ok();
            True(Exists("b/e/x"));
        });
        t.Both("in_a_removed_working_directory_creation_is_ENOENT", _ =>
        {
            Mkdir("d").Ok();
            Chdir("d").Ok();
            Rmdir("../d").Ok();
            Open("x", O_CREAT | O_RDWR).Fails(ENOENT);
            Mkdir("x").Fails(ENOENT);
            Symlink("t", "x").Fails(ENOENT);
            TryStat("x", out var _).Fails(ENOENT);
            Equal(S_IFDIR, Stat(".").Type);
        });
        t.Root("search_of_every_component_is_checked", c =>
        {
            Dirs(755, "a", "a/b", "a/b/c");
            File("a/b/c/f");
            Chmod("a/b", 700).Ok();
            c.As(Alice, () => TryStat("a/b/c/f", out var _).Fails(EACCES));
            Chmod("a/b", 711).Ok();
            c.As(Alice, () => TryStat("a/b/c/f", out var _).Ok());
        });
    }
}
