"""PostgreSQL: connections, migrations, and one module per aggregate."""
